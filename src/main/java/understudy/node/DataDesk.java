package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.DataAction;
import understudy.api.DataCalls;
import understudy.api.DataQuestion;
import understudy.api.DataViews;
import understudy.api.Views;
import understudy.failover.NodeName;
import understudy.sync.SyncRefused;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Answers questions about data from this node and from the others, and hands on what is to be done.
 */
final class DataDesk implements DataCalls, PeerCalls.DataDesk {
  private static final Duration REFRESH = Duration.ofSeconds(3);
  private static final Logger LOG = LoggerFactory.getLogger(DataDesk.class);

  private final NodeName self;
  private final DataLook look;
  private final DataDeeds deeds;
  private final PeerCalls calls;
  private final Members members;
  private final Clock clock;
  private Moment refreshDue;
  private volatile List<DataViews.Question> elsewhere = List.of();

  DataDesk(
      NodeName self,
      DataLook look,
      DataDeeds deeds,
      PeerCalls calls,
      Members members,
      Clock clock) {
    this.clock = clock;
    this.refreshDue = clock.now();
    this.self = self;
    this.look = look;
    this.deeds = deeds;
    this.calls = calls;
    this.members = members;
  }

  @Override
  public DataViews.Answer ask(DataQuestion question) throws Refused {
    DataViews.Answer own;
    try {
      own = look.answer(question);
    } catch (IllegalArgumentException wrong) {
      throw new Refused("not-understood", String.valueOf(wrong.getMessage()), "");
    } catch (SyncRefused refused) {
      throw new Refused(word(refused), String.valueOf(refused.getMessage()), refused.fix());
    } catch (IOException failed) {
      throw new Refused("unreadable", String.valueOf(failed.getMessage()), "see the daemon's log");
    }
    return DataAction.isTrue(question.local()) ? own : sorted(own.plus(others(question)), question);
  }

  static String word(SyncRefused refused) {
    return refused.code().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All peers at once, so that a dead one costs its time once. */
  private DataViews.Answer others(DataQuestion question) {
    DataViews.Answer answer = DataViews.Answer.EMPTY;
    List<Member> peers = members.peers();
    List<Future<DataViews.Answer>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Member peer : peers) {
        Callable<DataViews.Answer> asking = () -> calls.ask(peer, question.alone());
        asked.add(threads.submit(asking));
      }
      for (int at = 0; at < peers.size(); at++) {
        answer = plus(answer, peers.get(at), asked.get(at));
      }
    }
    return answer;
  }

  private static DataViews.Answer plus(
      DataViews.Answer answer, Member peer, Future<DataViews.Answer> asked) {
    try {
      return answer.plus(asked.get());
    } catch (ExecutionException unreachable) {
      LOG.debug("{} does not answer about data: {}", peer.name(), unreachable.getMessage());
      return answer.without(peer.name().value());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return answer.without(peer.name().value());
    }
  }

  private static DataViews.Answer sorted(DataViews.Answer answer, DataQuestion question) {
    int limit = question.limit() == null ? Integer.MAX_VALUE : question.limit();
    return answer
        .withKept(
            answer.kept().stream()
                .sorted(Comparator.comparing(DataViews.Kept::takenAt).reversed())
                .limit(limit)
                .toList())
        .withRuns(
            answer.runs().stream()
                .sorted(Comparator.comparing(Views.Run::start).reversed())
                .limit(limit)
                .toList());
  }

  /**
   * What a person has to answer about a dataset, here or, as of a moment ago, elsewhere. Never
   * waits.
   */
  Optional<String> waitsFor(String dataset) {
    refresh();
    return Stream.concat(look.questions(List.of(dataset)).stream(), elsewhere.stream())
        .filter(question -> question.dataset().equals(dataset))
        .map(DataViews.Question::sentence)
        .findFirst();
  }

  private synchronized void refresh() {
    Moment now = clock.now();
    if (!now.isBefore(refreshDue)) {
      refreshDue = now.plus(REFRESH);
      Thread.ofVirtual()
          .name("asks for questions")
          .start(
              () -> elsewhere = others(DataQuestion.of(DataQuestion.Topic.QUESTIONS)).questions());
    }
  }

  @Override
  public DataViews.Answer answer(DataQuestion question) {
    try {
      return look.answer(question);
    } catch (IOException | IllegalArgumentException failed) {
      LOG.warn("a question about data cannot be answered: {}", failed.getMessage());
      return DataViews.Answer.EMPTY.without(self.value());
    }
  }

  @Override
  public Views.Operation act(DataAction action, String by, Optional<String> idempotencyKey) {
    return deeds.act(action, by, idempotencyKey, false);
  }

  @Override
  public Views.Operation actFor(DataAction action, String by, Optional<String> idempotencyKey) {
    return deeds.act(action, by, idempotencyKey, true);
  }
}
