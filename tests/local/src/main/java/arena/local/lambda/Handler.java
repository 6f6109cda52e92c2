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

/**
 * One handler object, from the function's own jar in a class loader of its own (so that static
 * state is a sandbox's own, as in Lambda), over the layers' classes. Events are read and answers
 * written by the library that Lambda's Java runtime has for it.
 */
final class Handler implements HandlerRunner {
  private final URLClassLoader loader;
  private final Object object;
  private final Body body;

  private interface Body {
    void handle(ByteArrayInputStream input, ByteArrayOutputStream output, Context context)
        throws IOException;
  }

  private Handler(URLClassLoader loader, Object object, Body body) {
    this.loader = loader;
    this.object = object;
    this.body = body;
  }

  /**
   * Loads and constructs the handler of a function.
   *
   * @throws HandlerFault if there is no such class, or it is no handler
   * @throws Throwable whatever its constructor throws
   */
  static Handler load(
      FunctionDefinition function, Map<String, String> environment, ClassLoader layers)
      throws Throwable {
    URLClassLoader loader = new ChildFirstClassLoader(url(function), layers);
    try {
      Thread.currentThread().setContextClassLoader(loader);
      Object object = construct(function, loader, environment);
      return new Handler(loader, object, body(function, object, loader));
    } catch (Throwable failed) {
      loader.close();
      throw failed;
    }
  }

  private static URL url(FunctionDefinition function) {
    if (!Files.exists(function.code())) {
      throw new HandlerFault(
          "there is no code of function " + function.name() + " at " + function.code());
    }
    try {
      return function.code().toUri().toURL();
    } catch (MalformedURLException e) {
      throw new HandlerFault("the path " + function.code() + " cannot be loaded from", e);
    }
  }

  private static Object construct(
      FunctionDefinition function, ClassLoader loader, Map<String, String> environment)
      throws Throwable {
    String name = function.handler();
    int method = name.indexOf("::");
    if (method >= 0) {
      if (!name.substring(method + 2).equals("handleRequest")) {
        throw new HandlerFault("the handler " + name + " names another method than handleRequest");
      }
      name = name.substring(0, method);
    }
    try {
      return Class.forName(name, true, loader).getConstructor(Map.class).newInstance(environment);
    } catch (ClassNotFoundException e) {
      throw new HandlerFault("there is no class " + name + " in " + function.code(), e);
    } catch (NoSuchMethodException e) {
      throw new HandlerFault(name + " has no public constructor (Map<String, String>)", e);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Body body(FunctionDefinition function, Object object, ClassLoader loader) {
    return switch (object) {
      case RequestStreamHandler stream -> stream::handleRequest;
      case RequestHandler<?, ?> handler -> {
        Type[] types = requestAndResponse(object.getClass());
        yield body(handler, serializer(types[0], loader), serializer(types[1], loader));
      }
      default ->
          throw new HandlerFault(
              function.handler() + " is neither a RequestHandler nor a RequestStreamHandler");
    };
  }

  private static Body body(
      RequestHandler<?, ?> handler, PojoSerializer<Object> in, PojoSerializer<Object> out) {
    // The types were read from this very class: the serializer makes what the handler takes.
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

  /** As Lambda's runtime chooses it; null for Void. */
  private static PojoSerializer<Object> serializer(Type type, ClassLoader loader) {
    if (type == Void.class) {
      return null;
    }
    if (type instanceof Class<?> event
        && LambdaEventSerializers.isLambdaSupportedEvent(event.getName())) {
      // Written and read as the very class that the handler names.
      @SuppressWarnings("unchecked")
      Class<Object> typed = (Class<Object>) event;
      return LambdaEventSerializers.serializerFor(typed, loader);
    }
    return JacksonFactory.getInstance().getSerializer(type);
  }

  /** The two type arguments that a class gives to RequestHandler, through its superclasses too. */
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
      if (type.getGenericSuperclass() instanceof ParameterizedType above
          && above.getRawType() instanceof Class<?> raw) {
        for (int i = 0; i < raw.getTypeParameters().length; i++) {
          known.put(raw.getTypeParameters()[i], resolve(above.getActualTypeArguments()[i], known));
        }
      }
    }
    throw new HandlerFault(handler.getName() + " does not say what its RequestHandler takes");
  }

  private static Type resolve(Type type, Map<TypeVariable<?>, Type> known) {
    return type instanceof TypeVariable<?> variable
        ? known.getOrDefault(variable, Object.class)
        : type;
  }

  /** Handles one event. Throws whatever the handler throws. */
  @Override
  public byte[] handle(String event, InvocationContext context) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    body.handle(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), output, context);
    return output.toByteArray();
  }

  /** Gives back what the handler holds, if it says how. */
  @Override
  public void close() throws Exception {
    try (loader) {
      if (object instanceof AutoCloseable closeable) {
        closeable.close();
      }
    }
  }
}
