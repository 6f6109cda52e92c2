package arena.local.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * A handler in this process. Each has a class loader for the function's jar, so that static state
 * belongs to one sandbox, as in Lambda; its parent has the layers' classes. Events and responses
 * are converted by the library of Lambda's Java runtime.
 */
final class Handler implements HandlerRunner {
  /**
   * Where Lambda's runtime keeps the trace id of an invocation if a process runs several at once,
   * as this one does. A process that runs one at a time has it in a system property.
   */
  private static final String TRACE_ID = "AWS_LAMBDA_X_TRACE_ID";

  private final URLClassLoader loader;
  private final Object object;
  private final Invoker invoker;

  private interface Invoker {
    void handle(ByteArrayInputStream input, ByteArrayOutputStream output, Context context)
        throws IOException;
  }

  private Handler(URLClassLoader loader, Object object, Invoker invoker) {
    this.loader = loader;
    this.object = object;
    this.invoker = invoker;
  }

  /**
   * Loads and constructs the handler of a function.
   *
   * @throws InvalidHandler if the class is missing or is not a handler
   * @throws Throwable any exception of its constructor
   */
  static Handler load(
      FunctionDefinition function, Map<String, String> environment, ClassLoader layers)
      throws Throwable {
    URLClassLoader loader = new ChildFirstClassLoader(url(function), layers);
    try {
      Thread.currentThread().setContextClassLoader(loader);
      Object object = construct(function, loader, environment);
      return new Handler(loader, object, invoker(function, object, loader));
    } catch (Throwable failed) {
      loader.close();
      throw failed;
    }
  }

  private static URL url(FunctionDefinition function) {
    if (!Files.exists(function.code())) {
      throw new InvalidHandler(
          "the code of function " + function.name() + " is missing: " + function.code());
    }
    try {
      return function.code().toUri().toURL();
    } catch (MalformedURLException e) {
      throw new InvalidHandler("cannot load code from " + function.code(), e);
    }
  }

  private static Object construct(
      FunctionDefinition function, ClassLoader loader, Map<String, String> environment)
      throws Throwable {
    String name = function.handler();
    try {
      return Class.forName(name, true, loader).getConstructor(Map.class).newInstance(environment);
    } catch (ClassNotFoundException e) {
      throw new InvalidHandler("the class " + name + " is missing in " + function.code(), e);
    } catch (NoSuchMethodException e) {
      throw new InvalidHandler(name + " has no public constructor (Map<String, String>)", e);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Invoker invoker(FunctionDefinition function, Object object, ClassLoader loader) {
    return switch (object) {
      case RequestStreamHandler stream -> stream::handleRequest;
      case RequestHandler<?, ?> handler -> {
        Type[] types = requestAndResponse(object.getClass());
        yield invoker(handler, serializer(types[0], loader), serializer(types[1], loader));
      }
      default ->
          throw new InvalidHandler(
              function.handler() + " is neither a RequestHandler nor a RequestStreamHandler");
    };
  }

  private static Invoker invoker(
      RequestHandler<?, ?> handler, PojoSerializer<Object> in, PojoSerializer<Object> out) {
    // The types are those of the handler's class.
    @SuppressWarnings("unchecked")
    RequestHandler<Object, Object> typed = (RequestHandler<Object, Object>) handler;
    return (input, output, context) -> {
      Object request = in == null ? null : in.fromJson(input);
      Object response = typed.handleRequest(request, context);
      if (out == null) {
        output.write("null".getBytes(StandardCharsets.UTF_8));
      } else {
        out.toJson(response, output);
      }
    };
  }

  /** Chooses the serializer as Lambda's runtime does; null for Void. */
  private static PojoSerializer<Object> serializer(Type type, ClassLoader loader) {
    if (type == Void.class) {
      return null;
    }
    if (type instanceof Class<?> event
        && LambdaEventSerializers.isLambdaSupportedEvent(event.getName())) {
      // The serializer is for this class.
      @SuppressWarnings("unchecked")
      Class<Object> typed = (Class<Object>) event;
      return LambdaEventSerializers.serializerFor(typed, loader);
    }
    return JacksonFactory.getInstance().getSerializer(type);
  }

  /** Returns the type arguments of RequestHandler, also if a superclass implements it. */
  private static Type[] requestAndResponse(Class<?> handler) {
    Map<TypeVariable<?>, Type> known = new HashMap<>();
    for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
      for (Type implemented : type.getGenericInterfaces()) {
        if (implemented instanceof ParameterizedType parameterized
            && parameterized.getRawType() == RequestHandler.class) {
          Type[] arguments = parameterized.getActualTypeArguments();
          return new Type[] {resolve(arguments[0], known), resolve(arguments[1], known)};
        }
      }
      if (type.getGenericSuperclass() instanceof ParameterizedType parent
          && parent.getRawType() instanceof Class<?> raw) {
        for (int i = 0; i < raw.getTypeParameters().length; i++) {
          known.put(raw.getTypeParameters()[i], resolve(parent.getActualTypeArguments()[i], known));
        }
      }
    }
    throw new InvalidHandler(handler.getName() + " has no type arguments for RequestHandler");
  }

  private static Type resolve(Type type, Map<TypeVariable<?>, Type> known) {
    return type instanceof TypeVariable<?> variable
        ? known.getOrDefault(variable, Object.class)
        : type;
  }

  /** Handles an event; throws any exception of the handler. */
  @Override
  public byte[] handle(String event, InvocationContext context) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    SdkInternalThreadLocal.put(TRACE_ID, context.getXrayTraceId());
    try {
      invoker.handle(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), output, context);
    } finally {
      SdkInternalThreadLocal.remove(TRACE_ID);
    }
    return output.toByteArray();
  }

  /** Closes the handler, if it is closeable, and its class loader. */
  @Override
  public void close() throws Exception {
    try (loader) {
      if (object instanceof AutoCloseable closeable) {
        closeable.close();
      }
    }
  }
}
