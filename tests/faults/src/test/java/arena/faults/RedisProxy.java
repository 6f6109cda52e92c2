package arena.faults;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A proxy in front of Redis. A call is a command, named by the script that it runs, such as {@code
 * publish}, or else by the command. Commands are forwarded one at a time; the functions do not
 * pipeline.
 */
final class RedisProxy extends Proxy {
  private static final List<String> SCRIPTS =
      List.of(
          "open",
          "publish",
          "restore",
          "read",
          "close",
          "buffer",
          "drop",
          "put",
          "acquire",
          "extend",
          "advance",
          "finish",
          "release",
          "abandon",
          "mark_loss",
          "clear_loss");
  private static final Map<String, String> NAMES = names();

  /** Script names by source text and by SHA-1 digest. */
  private static Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    String common = script("common");
    for (String script : SCRIPTS) {
      String source = common + "\n" + script(script);
      names.put(source, script);
      names.put(sha1(source), script);
    }
    return names;
  }

  private static String script(String name) {
    try (InputStream in =
        RedisProxy.class.getClassLoader().getResourceAsStream("arena/broker/" + name + ".lua")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  @Override
  void pass(Socket client, Socket upstream) throws IOException {
    InputStream commands = new BufferedInputStream(client.getInputStream());
    InputStream replies = new BufferedInputStream(upstream.getInputStream());
    OutputStream toClient = client.getOutputStream();
    OutputStream toServer = upstream.getOutputStream();
    while (true) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      List<String> words = new ArrayList<>();
      if (!copy(commands, bytes, words)) {
        return;
      }
      switch (actionFor(call(words))) {
        case Action.Pass() -> {
          bytes.writeTo(toServer);
          toServer.flush();
          ByteArrayOutputStream reply = reply(replies);
          reply.writeTo(toClient);
          toClient.flush();
        }
        case Action.Hold(HoldPoint held, boolean _) -> {
          bytes.writeTo(toServer);
          toServer.flush();
          reply(replies);
          held.hold();
          return;
        }
        case Action.Cut(), Action.Hang() -> {
          return;
        }
        case Action.Answer _ -> throw new IllegalStateException("Redis does not speak HTTP");
      }
    }
  }

  private static ByteArrayOutputStream reply(InputStream replies) throws IOException {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    if (!copy(replies, reply, new ArrayList<>())) {
      throw new EOFException("no reply");
    }
    return reply;
  }

  private static Call call(List<String> words) {
    String command = words.getFirst().toUpperCase(Locale.ROOT);
    boolean script = command.equals("EVALSHA") || command.equals("EVAL");
    String name = script ? NAMES.getOrDefault(words.get(1), command) : command;
    return new Call(name, String.join(" ", script ? words.subList(2, words.size()) : words));
  }

  /** Copies one value of the Redis protocol; returns false at the end of the stream. */
  private static boolean copy(InputStream in, ByteArrayOutputStream out, List<String> words)
      throws IOException {
    int type = in.read();
    if (type < 0) {
      return false;
    }
    out.write(type);
    String line = line(in, out);
    switch (type) {
      case '*', '~', '>' -> {
        for (int left = Integer.parseInt(line); left > 0; left--) {
          copyInner(in, out, words);
        }
      }
      case '%' -> {
        for (int left = 2 * Integer.parseInt(line); left > 0; left--) {
          copyInner(in, out, words);
        }
      }
      case '$', '=', '!' -> {
        int length = Integer.parseInt(line);
        if (length >= 0) {
          byte[] bulk = in.readNBytes(length + 2);
          if (bulk.length < length + 2) {
            throw new EOFException("value ends early");
          }
          out.write(bulk);
          words.add(new String(bulk, 0, length, StandardCharsets.UTF_8));
        }
      }
      default -> words.add(line);
    }
    return true;
  }

  private static void copyInner(InputStream in, ByteArrayOutputStream out, List<String> words)
      throws IOException {
    if (!copy(in, out, words)) {
      throw new EOFException("value ends early");
    }
  }

  private static String line(InputStream in, ByteArrayOutputStream out) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    do {
      next = in.read();
      if (next < 0) {
        throw new EOFException("line ends early");
      }
      line.write(next);
      out.write(next);
    } while (next != '\n');
    return line.toString(StandardCharsets.UTF_8).strip();
  }
}
