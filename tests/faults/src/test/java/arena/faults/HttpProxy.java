package arena.faults;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A proxy in front of an HTTP server. A call is a request, named by its operation ({@code
 * X-Amz-Target}) or else by its method and path. Bytes are forwarded unchanged because requests are
 * signed.
 */
final class HttpProxy extends Proxy {
  private static final int MAX_HEAD = 64 * 1024;
  private static final int MAX_BODY = 64 * 1024 * 1024;

  /** Head and body as on the wire, one character per byte. */
  private record Message(String head, String body) {
    private String startLine() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    private Optional<String> header(String name) {
      return headerIn(head, name);
    }
  }

  @Override
  void pass(Socket client, Socket upstream) throws IOException {
    InputStream requests = new BufferedInputStream(client.getInputStream());
    InputStream responses = new BufferedInputStream(upstream.getInputStream());
    OutputStream toClient = client.getOutputStream();
    OutputStream toServer = upstream.getOutputStream();
    while (true) {
      Optional<String> head = readHead(requests);
      if (head.isEmpty()) {
        return;
      }
      String sent = head.get();
      if (headerIn(sent, "expect").isPresent()) {
        toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        toClient.flush();
        sent = sent.replaceFirst("(?i)\r\nexpect:[^\r]*", "");
      }
      Message request = new Message(sent, readBody(requests, sent, 0));
      switch (actionFor(call(request))) {
        case Action.Answer(int status, String contentType, String body) ->
            write(toClient, answer(status, contentType, body));
        case Action.Pass() -> {
          write(toServer, request);
          write(toClient, response(responses, request));
        }
        case Action.Hold(HoldPoint held, boolean _) -> {
          write(toServer, request);
          response(responses, request);
          held.hold();
          return;
        }
        case Action.Cut(), Action.Hang() -> {
          return;
        }
      }
      if (request.header("connection").filter(value -> value.equals("close")).isPresent()) {
        return;
      }
    }
  }

  private static Call call(Message request) {
    String name =
        request
            .header("x-amz-target")
            .map(target -> target.substring(target.lastIndexOf('.') + 1))
            .orElseGet(() -> request.startLine().replaceFirst(" HTTP/1.1$", ""));
    return new Call(name, request.body());
  }

  private static Message answer(int status, String contentType, String body) {
    return new Message(
        String.format(
            Locale.ROOT,
            "HTTP/1.1 %d Broken\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
            status,
            contentType,
            body.length()),
        body);
  }

  private static Message response(InputStream responses, Message request) throws IOException {
    String head = readHead(responses).orElseThrow(() -> new EOFException("no response"));
    int status = Integer.parseInt(head.split(" ", 3)[1]);
    boolean empty = request.head().startsWith("HEAD ") || status == 204 || status == 304;
    return new Message(head, empty ? "" : readBody(responses, head, -1));
  }

  private static void write(OutputStream out, Message message) throws IOException {
    out.write((message.head() + message.body()).getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static Optional<String> headerIn(String head, String name) {
    String wanted = "\r\n" + name + ":";
    int at = head.toLowerCase(Locale.ROOT).indexOf(wanted);
    return at < 0
        ? Optional.empty()
        : Optional.of(
            head.substring(at + wanted.length(), head.indexOf("\r\n", at + wanted.length()))
                .strip());
  }

  /** Reads up to and including the empty line; empty if the connection ended. */
  private static Optional<String> readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      if (head.size() == MAX_HEAD) {
        throw new IOException("head larger than " + MAX_HEAD + " bytes");
      }
      head.write(next);
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return Optional.of(head.toString(StandardCharsets.ISO_8859_1));
  }

  private static String readBody(InputStream in, String head, int defaultLength)
      throws IOException {
    if (headerIn(head, "transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      return readChunks(in);
    }
    int length = headerIn(head, "content-length").map(Integer::parseInt).orElse(defaultLength);
    if (length > MAX_BODY) {
      throw new IOException("body larger than " + MAX_BODY + " bytes");
    }
    byte[] body = length < 0 ? in.readNBytes(MAX_BODY) : exactly(in, length);
    return new String(body, StandardCharsets.ISO_8859_1);
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("body ends early");
    }
    return bytes;
  }

  private static String readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < MAX_BODY) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int next;
      do {
        next = in.read();
        if (next < 0) {
          throw new EOFException("chunk ends early");
        }
        line.write(next);
      } while (next != '\n');
      line.writeTo(all);
      String size = line.toString(StandardCharsets.ISO_8859_1).strip().split(";", 2)[0];
      int length = Integer.parseInt(size, 16);
      all.write(exactly(in, length + 2));
      if (length == 0) {
        return all.toString(StandardCharsets.ISO_8859_1);
      }
    }
    throw new IOException("body larger than " + MAX_BODY + " bytes");
  }
}
