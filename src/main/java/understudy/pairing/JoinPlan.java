package understudy.pairing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;
import understudy.time.Clock;
import understudy.wire.Release;

/**
 * What a machine joins with.
 *
 * @param config its settings; written when {@code nodeFile} is not there yet
 * @param addresses where the others will reach it
 * @param nodeFile {@code node.yaml}
 * @param clusterFile where the cluster document goes
 * @param usersFile where the users go
 * @param mayReplaceData a person agreed that data here is replaced
 * @param isRehearsal only look
 * @param limit how long reaching the inviter may take
 */
public record JoinPlan(
    Invite invite,
    NodeConfig config,
    List<Endpoint> addresses,
    Path nodeFile,
    Path clusterFile,
    Path usersFile,
    boolean mayReplaceData,
    boolean isRehearsal,
    Release release,
    Duration limit,
    Clock clock) {}
