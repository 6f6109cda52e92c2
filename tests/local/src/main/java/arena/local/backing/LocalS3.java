package arena.local.backing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 server on 127.0.0.1 that keeps its buckets as folders and has them again after a restart.
 *
 * <p>Clients of it use path style and do without chunked encoding and without checksums that they
 * are not asked for.
 */
public final class LocalS3 implements AutoCloseable {
  /** Most bytes of one upload that is not chunked: more than any archive has. */
  private static final long MAX_UPLOAD = 1L << 30;

  private static final int MAX_THREADS = 16;

  /** Other names the server makes, and then never finds again. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final BlobStore store;
  private final S3Proxy server;

  private LocalS3(BlobStore store, S3Proxy server) {
    this.store = store;
    this.server = server;
  }

  /**
   * Starts a server; it answers when this returns.
   *
   * @param folder where the buckets are kept; made if it is missing
   * @param port where it listens; 0 for any free one
   * @param accessKeyId whom it serves
   * @param secretAccessKey what that one signs with
   * @throws BackingFailed if it does not start
   */
  public static LocalS3 start(Path folder, int port, String accessKeyId, String secretAccessKey) {
    // Each refused or cancelled request would otherwise be a page of log.
    Configurator.setLevel("org.gaul", Level.ERROR);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BackingFailed("cannot make the S3 folder " + folder, e);
    }
    BlobStore store = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKeyId, secretAccessKey)
            .ignoreUnknownHeaders(true)
            .v4MaxNonChunkedRequestSize(MAX_UPLOAD)
            .jettyMaxThreads(MAX_THREADS)
            .build();
    LocalS3 s3 = new LocalS3(store, server);
    try {
      server.start();
      return s3;
    } catch (Exception e) { // the server declares no narrower one
      s3.close();
      throw new BackingFailed("cannot start the S3 server on port " + port, e);
    }
  }

  /** Where clients find it. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /**
   * Makes a bucket, if it is not there yet.
   *
   * @param name 3 to 63 lower-case letters, digits, dots and hyphens, as S3 has it
   */
  public void createBucket(String name) {
    if (!BUCKET.matcher(name).matches()) {
      throw new IllegalArgumentException("no bucket may be called " + name);
    }
    if (!store.containerExists(name)) {
      store.createContainer(name);
    }
  }

  /** Ends the server; its buckets stay. Doing it again changes nothing. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) { // the server declares no narrower one
      throw new BackingFailed("the S3 server did not stop", e);
    } finally {
      store.close();
    }
  }
}
