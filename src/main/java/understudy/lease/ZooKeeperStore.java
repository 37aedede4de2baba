package understudy.lease;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import understudy.failover.Register;

/**
 * The key in a ZooKeeper ensemble (3.5 or later): a lasting node whose data version is compared.
 * Reads may be stale, which only delays a takeover; writes go through the leader. Curator keeps the
 * session; questions are asked without retries, because one that comes late is worth nothing.
 */
public final class ZooKeeperStore implements Store {
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final int LONGEST_PAUSE_MILLIS = 500;

  private final String servers;
  private final String key;
  private final Duration limit;
  private final List<ACL> access;
  private final CuratorFramework client;

  /**
   * A store that connects by itself from now on.
   *
   * @param servers {@code host:port}, separated by commas
   * @param credentials for the scheme digest; the key is then open to this user alone
   * @param limit for one question
   */
  ZooKeeperStore(String servers, String key, Optional<Credentials> credentials, Duration limit) {
    this.servers = servers;
    this.key = key;
    this.limit = limit;
    this.access =
        credentials.isPresent() ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(servers)
            .sessionTimeoutMs(Math.toIntExact(SESSION.toMillis()))
            .connectionTimeoutMs(Math.toIntExact(limit.toMillis()))
            .retryPolicy(new RetryForever(LONGEST_PAUSE_MILLIS));
    credentials.ifPresent(
        own ->
            builder.authorization(
                "digest", (own.user() + ":" + own.password()).getBytes(StandardCharsets.UTF_8)));
    this.client = builder.build();
    client.start();
  }

  @Override
  public String place() {
    return "ZooKeeper " + servers + ", key " + key;
  }

  @Override
  public Register read() throws IOException {
    Answer<Found> answer =
        ask(
            (zookeeper, told) ->
                zookeeper.getData(
                    key,
                    false,
                    (code, _, _, data, stat) -> told.complete(answer(code, data, stat)),
                    null));
    return switch (answer.code()) {
      case NONODE -> Register.ABSENT;
      case OK -> register(answer.value());
      default -> throw refused(answer.code());
    };
  }

  /** The text of the node with what ZooKeeper knows of it. */
  private record Found(String text, int version) {}

  /** What ZooKeeper answered. */
  private record Answer<T>(Code code, Optional<T> value) {}

  private static Answer<Found> answer(int code, byte[] data, Stat stat) {
    Code told = Code.get(code);
    return told == Code.OK
        ? new Answer<>(
            told,
            Optional.of(new Found(new String(data, StandardCharsets.UTF_8), stat.getVersion())))
        : new Answer<>(told, Optional.empty());
  }

  /** Ours begin at one: zero is a key that is not there. */
  private Register register(Optional<Found> found) throws IOException {
    Found there = found.orElseThrow(() -> new IOException(place() + " answered nothing"));
    return RegisterText.read(there.text(), there.version() + 1L);
  }

  @Override
  public Written write(Register wanted) throws IOException {
    byte[] data = RegisterText.write(wanted).getBytes(StandardCharsets.UTF_8);
    Code code = wanted.version() == 0 ? create(data) : change(data, wanted.version());
    return switch (code) {
      case OK ->
          new Written.Taken(
              new Register(
                  wanted.holder(),
                  wanted.term(),
                  wanted.released(),
                  wanted.successor(),
                  wanted.version() + 1));
      case BADVERSION, NONODE, NODEEXISTS -> new Written.Overtaken(read());
      default -> throw refused(code);
    };
  }

  private Code change(byte[] data, long version) throws IOException {
    return this.<Stat>ask(
            (zookeeper, told) ->
                zookeeper.setData(
                    key,
                    data,
                    Math.toIntExact(version - 1),
                    (code, _, _, _) ->
                        told.complete(new Answer<>(Code.get(code), Optional.empty())),
                    null))
        .code();
  }

  private Code create(byte[] data) throws IOException {
    for (int slash = key.indexOf('/', 1); slash > 0; slash = key.indexOf('/', slash + 1)) {
      Code parent = create(key.substring(0, slash), new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE);
      if (parent != Code.OK && parent != Code.NODEEXISTS) {
        throw refused(parent);
      }
    }
    return create(key, data, access);
  }

  private Code create(String path, byte[] data, List<ACL> open) throws IOException {
    return this.<String>ask(
            (zookeeper, told) ->
                zookeeper.create(
                    path,
                    data,
                    open,
                    CreateMode.PERSISTENT,
                    (code, _, _, _) ->
                        told.complete(new Answer<>(Code.get(code), Optional.empty())),
                    null))
        .code();
  }

  private IOException refused(Code code) {
    return new IOException(place() + " refuses: " + KeeperException.create(code).getMessage());
  }

  private <T> Answer<T> ask(BiConsumer<ZooKeeper, CompletableFuture<Answer<T>>> question)
      throws IOException {
    var told = new CompletableFuture<Answer<T>>();
    try {
      question.accept(client.getZookeeperClient().getZooKeeper(), told);
      Answer<T> answer = told.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (answer.code() == Code.CONNECTIONLOSS || answer.code() == Code.SESSIONEXPIRED) {
        throw new IOException(place() + " does not answer: the connection is lost");
      }
      return answer;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + place(), stopping);
    } catch (TimeoutException late) {
      throw new IOException(place() + " does not answer within " + limit.toMillis() + " ms", late);
    } catch (ExecutionException ourMistake) {
      throw new IllegalStateException("asking " + place(), ourMistake);
    } catch (IOException lost) {
      throw lost;
    } catch (Exception unreachable) {
      // Curator's own signature: it says no more than that there is no connection.
      throw new IOException(place() + " is not reached: " + unreachable.getMessage(), unreachable);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
