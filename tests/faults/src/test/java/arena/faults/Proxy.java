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

/** A TCP proxy that recognises each call and applies a rule to those that match. */
abstract class Proxy implements AutoCloseable {
  // Below the ephemeral range, so that no outgoing connection takes the port while the proxy is
  // closed.
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000;
  private static final int TRIES = 50;
  private static final Duration LISTEN_AGAIN = Duration.ofSeconds(10);

  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private URI target;
  private volatile ServerSocket server;
  private int port;

  /** Applies an action to matching calls, after the first {@code after} of them. */
  final class Rule implements AutoCloseable {
    private final Predicate<Call> when;
    private final Action action;
    private final boolean once;
    private final AtomicInteger remaining;
    private final AtomicInteger brokenCalls = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Rule(Predicate<Call> when, Action action, int after, boolean once) {
      this.when = when;
      this.action = action;
      this.once = once;
      this.remaining = new AtomicInteger(after);
    }

    private boolean matches(Call call) {
      if (!when.test(call) || remaining.getAndDecrement() > 0) {
        return false;
      }
      // only one of several concurrent calls
      return brokenCalls.getAndIncrement() == 0 || !once;
    }

    /** Number of calls that the rule was applied to. */
    int brokenCalls() {
      return brokenCalls.get();
    }

    /** Removes the rule: closes hanging connections and forwards later calls. */
    @Override
    public void close() {
      rules.remove(this);
      closed.countDown();
    }
  }

  /** Applies {@code action} to matching calls until the rule is closed. */
  Rule breakCalls(Predicate<Call> when, Action action) {
    return add(new Rule(when, action, 0, false));
  }

  /** Holds one matching call after the first {@code after} of them. */
  HoldPoint hold(Predicate<Call> when, int after, boolean afterEffect) {
    HoldPoint held = new HoldPoint();
    add(new Rule(when, new Action.Hold(held, afterEffect), after, true));
    return held;
  }

  private Rule add(Rule rule) {
    rules.add(rule);
    return rule;
  }

  /** Starts in front of {@code address} and returns the address of the proxy. */
  URI inFrontOf(URI address) {
    target = address;
    for (int attempt = 0; ; attempt++) {
      int tryPort = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
      try {
        listenOn(tryPort);
        return URI.create(target.getScheme() + "://127.0.0.1:" + port);
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw new UncheckedIOException("no port for a proxy", e);
        }
      }
    }
  }

  /** Closes all connections and refuses new ones. */
  void refuse() {
    closeQuietly(server);
    sockets.forEach(Proxy::closeQuietly);
  }

  /** Accepts connections again, on the same port. */
  void listen() {
    Instant deadline = Instant.now().plus(LISTEN_AGAIN);
    while (true) {
      try {
        listenOn(port);
        return;
      } catch (IOException e) {
        if (Instant.now().isAfter(deadline)) {
          throw new UncheckedIOException("failed to bind the proxy's port again", e);
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
        return; // closed
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
      // one side is closed; try-with-resources closes the other
    } finally {
      sockets.remove(client);
    }
  }

  /** Forwards calls and responses until either side closes. */
  abstract void pass(Socket client, Socket upstream) throws IOException;

  /** Returns the action for a call; for a hanging call, only when the rule is closed. */
  final Action actionFor(Call call) {
    Optional<Rule> taken = rules.stream().filter(rule -> rule.matches(call)).findFirst();
    if (taken.isEmpty()) {
      return new Action.Pass();
    }
    Action action = taken.get().action;
    if (action instanceof Action.Hang) {
      awaitClosed(taken.get());
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

  private static void awaitClosed(Rule rule) {
    try {
      rule.closed.await(2, TimeUnit.MINUTES);
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
      throw new IllegalStateException("failed to close a socket", e);
    }
  }
}
