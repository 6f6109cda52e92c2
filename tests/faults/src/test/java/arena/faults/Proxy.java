package arena.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Stands in front of a server, knows each call, and breaks those that a rule is about. */
abstract class Proxy implements AutoCloseable {
  // Below the ports that systems give to outgoing connections: none of those is in the way when
  // the proxy listens again.
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000;
  private static final int TRIES = 50;
  private static final Duration LISTEN_AGAIN = Duration.ofSeconds(10);

  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private URI target;
  private volatile ServerSocket server;
  private int port;

  /** A call that is broken; calls of which the first {@code after} are let through. */
  final class Rule implements AutoCloseable {
    private final Predicate<Call> when;
    private final Action action;
    private final boolean once;
    private final AtomicInteger letThrough;
    private final AtomicInteger broken = new AtomicInteger();
    private final CountDownLatch lifted = new CountDownLatch(1);

    private Rule(Predicate<Call> when, Action action, int after, boolean once) {
      this.when = when;
      this.action = action;
      this.once = once;
      this.letThrough = new AtomicInteger(after);
    }

    private boolean takes(Call call) {
      if (!when.test(call) || letThrough.getAndDecrement() > 0) {
        return false;
      }
      // only one of those who come at once
      return broken.getAndIncrement() == 0 || !once;
    }

    /** How many calls it has broken. */
    int broken() {
      return broken.get();
    }

    /** Ends it: what hangs is cut, what comes is let through. */
    @Override
    public void close() {
      rules.remove(this);
      lifted.countDown();
    }
  }

  /** From now on these calls are broken. */
  Rule breaking(Predicate<Call> when, Action action) {
    return add(new Rule(when, action, 0, false));
  }

  /** One such call is held, after so many of them were let through. */
  HoldPoint holding(Predicate<Call> when, int after, boolean afterEffect) {
    HoldPoint held = new HoldPoint();
    add(new Rule(when, new Action.Hold(held, afterEffect), after, true));
    return held;
  }

  private Rule add(Rule rule) {
    rules.add(rule);
    return rule;
  }

  /** Starts in front of this; where it listens. */
  URI inFrontOf(URI address) {
    target = address;
    for (int tried = 0; ; tried++) {
      int tryPort = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
      try {
        listenOn(tryPort);
        return URI.create(target.getScheme() + "://127.0.0.1:" + port);
      } catch (IOException e) {
        if (tried == TRIES) {
          throw new UncheckedIOException("no port for a proxy", e);
        }
      }
    }
  }

  /** Cuts all connections, and refuses new ones. */
  void refuse() {
    closeQuietly(server);
    sockets.forEach(Proxy::closeQuietly);
  }

  /** Takes connections again. */
  void listen() {
    Instant deadline = Instant.now().plus(LISTEN_AGAIN);
    while (true) {
      try {
        listenOn(port);
        return;
      } catch (IOException e) {
        if (Instant.now().isAfter(deadline)) {
          throw new UncheckedIOException("the proxy does not get its port back", e);
        }
      }
    }
  }

  private void listenOn(int number) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    port = number;
    server = socket;
    Thread.ofVirtual().name("proxy-" + number).start(() -> accept(socket));
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // it is closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket upstream = new Socket(target.getHost(), target.getPort())) {
      sockets.add(upstream);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      try {
        pass(client, upstream);
      } finally {
        sockets.remove(upstream);
      }
    } catch (IOException e) {
      // one of the two is gone; the other one is closed here
    } finally {
      sockets.remove(client);
    }
  }

  /** Passes calls and answers on, until one of the two ends. */
  abstract void pass(Socket client, Socket upstream) throws IOException;

  /** What is to be done with a call; one that hangs returns only to be cut. */
  final Action ruling(Call call) {
    Optional<Rule> taken = rules.stream().filter(rule -> rule.takes(call)).findFirst();
    if (taken.isEmpty()) {
      return new Action.Pass();
    }
    Action action = taken.get().action;
    if (action instanceof Action.Hang) {
      awaitLifted(taken.get());
      return new Action.Cut();
    }
    if (action instanceof Action.Hold(HoldPoint held, boolean after)) {
      rules.remove(taken.get());
      if (!after) {
        held.hold();
        return new Action.Cut();
      }
    }
    return action;
  }

  private static void awaitLifted(Rule rule) {
    try {
      rule.lifted.await(2, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    rules.forEach(Rule::close);
    refuse();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException("a socket does not close", e);
    }
  }
}
