package arena.local.backing;

import arena.local.iam.Access;
import arena.local.iam.Authorizer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The buckets as one caller may use them. An object that does not exist is reported only to a
 * caller that may list the bucket, to others as refused, as S3 does. Operations that the product
 * does not use are refused by name.
 */
final class AuthorizedBlobs implements InvocationHandler {
  private static final int FORBIDDEN = 403;

  /** Properties of the store, which need no right. */
  private static final List<String> FREE =
      List.of(
          "supportsVersioning",
          "supportsBucketEncryption",
          "supportsServerSideEncryption",
          "supportsCopyMultipartPart",
          "getMinimumMultipartPartSize");

  private final BlobStore store;
  private final Authorizer authorizer;
  private final Optional<String> caller;

  private AuthorizedBlobs(BlobStore store, Authorizer authorizer, String caller) {
    this.store = store;
    this.authorizer = authorizer;
    this.caller = Optional.of(caller);
  }

  /**
   * Returns the store for a caller.
   *
   * @param caller the access key
   */
  static BlobStore of(BlobStore store, Authorizer authorizer, String caller) {
    return (BlobStore)
        Proxy.newProxyInstance(
            AuthorizedBlobs.class.getClassLoader(),
            new Class<?>[] {BlobStore.class},
            new AuthorizedBlobs(store, authorizer, caller));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class || FREE.contains(method.getName())) {
      return call(method, arguments);
    }
    Object request = arguments == null || arguments.length == 0 ? null : arguments[0];
    return switch (request) {
      case GetObjectRequest get -> read(get.bucket(), get.key(), method, arguments);
      case HeadObjectRequest head -> read(head.bucket(), head.key(), method, arguments);
      case PutObjectRequest put -> {
        require(object("s3:PutObject", put.bucket(), put.key()));
        yield call(method, arguments);
      }
      case ListObjectsV2Request list -> list(list.bucket(), method, arguments);
      case ListObjectsRequest list -> list(list.bucket(), method, arguments);
      case HeadBucketRequest head -> list(head.bucket(), method, arguments);
      case null, default ->
          throw refused("the local stack does not support " + method.getName() + " for a role");
    };
  }

  private Object list(String bucket, Method method, Object[] arguments) throws Throwable {
    require(listing(bucket));
    return call(method, arguments);
  }

  private Object read(String bucket, String key, Method method, Object[] arguments)
      throws Throwable {
    require(object("s3:GetObject", bucket, key));
    Object found;
    try {
      found = call(method, arguments);
    } catch (NoSuchKeyException e) {
      require(listing(bucket));
      throw e;
    }
    if (found == null) {
      require(listing(bucket));
    }
    return found;
  }

  private static Access object(String action, String bucket, String key) {
    return new Access(action, arn(bucket) + "/" + key);
  }

  private static Access listing(String bucket) {
    return new Access("s3:ListBucket", arn(bucket));
  }

  private static String arn(String bucket) {
    return "arn:aws:s3:::" + bucket;
  }

  private void require(Access access) {
    Optional<String> refusal = authorizer.refusal(caller, List.of(access));
    if (refusal.isPresent()) {
      throw refused(refusal.get());
    }
  }

  private static S3Exception refused(String message) {
    return (S3Exception)
        S3Exception.builder()
            .message(message)
            .statusCode(FORBIDDEN)
            .awsErrorDetails(
                AwsErrorDetails.builder()
                    .errorCode("AccessDenied")
                    .errorMessage(message)
                    .serviceName("S3")
                    .sdkHttpResponse(SdkHttpResponse.builder().statusCode(FORBIDDEN).build())
                    .build())
            .build();
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
