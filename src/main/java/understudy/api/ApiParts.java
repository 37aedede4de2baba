package understudy.api;

import understudy.config.NodeConfig;
import understudy.time.Clock;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.PeerAcceptor;
import understudy.wire.StrangerAcceptor;

/**
 * What the server is made of.
 *
 * @param config where to listen
 * @param identity shown to every caller on the TLS port
 * @param greeting proves members before {@code peers} sees them
 * @param node what is shown and asked
 * @param peers takes streams of members
 * @param strangers takes streams of machines that want to join
 * @param pairing answers the {@code pair} calls
 * @param data answers the {@code salvage} and {@code sync} calls
 * @param documents answers the {@code config} calls
 * @param users who may sign in
 */
public record ApiParts(
    NodeConfig config,
    Identity identity,
    Greeting greeting,
    ServedNode node,
    PeerAcceptor peers,
    StrangerAcceptor strangers,
    PairingCalls pairing,
    DataCalls data,
    DocumentCalls documents,
    Users users,
    Clock clock) {}
