package understudy.linux;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGHUP: "read your configuration again". Through {@code sun.misc.Signal} of the supported module
 * {@code jdk.unsupported}, by reflection because its use cannot be compiled without a warning.
 */
public final class HangUp {
  private HangUp() {}

  /**
   * Calls {@code listener} for every SIGHUP, on a thread of its own each time, instead of ending
   * the process.
   */
  public static void onSignal(Runnable listener) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      listener.run();
                      yield null;
                    }
                    case "equals" ->
                        System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "reads the configuration again";
                  });
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hangUp, proxy);
    } catch (ReflectiveOperationException missing) {
      Throwable cause = missing instanceof InvocationTargetException ? missing.getCause() : missing;
      throw new IllegalStateException("this Java does not pass SIGHUP on", cause);
    }
  }
}
