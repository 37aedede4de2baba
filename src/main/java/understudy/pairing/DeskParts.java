package understudy.pairing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.time.Clock;
import understudy.wire.Identity;
import understudy.wire.Members;
import understudy.wire.Release;

/**
 * What a {@link PairingDesk} is made of.
 *
 * @param addresses where others reach this node ({@link OwnAddresses}); asked at each invite,
 *     because the port may be chosen late
 * @param clusterFile the cluster document; read when a machine joins, and sent to it
 * @param variables of this machine, for the cluster document
 * @param usersFile the list of users; sent to a joining machine when it exists
 * @param state directory of this node's memory
 * @param limit how long reaching another machine may take
 */
public record DeskParts(
    NodeName name,
    Designation designation,
    Identity identity,
    Release release,
    Members members,
    Supplier<List<Endpoint>> addresses,
    Path clusterFile,
    Map<String, String> variables,
    Path usersFile,
    Path state,
    Duration limit,
    Clock clock,
    RelationshipListener listener) {}
