package arena.local.lambda;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Loads classes and resources from its own URL before those of its parent, which also has them when
 * everything is on one class path.
 */
final class ChildFirstClassLoader extends URLClassLoader {
  ChildFirstClassLoader(URL url, ClassLoader parent) {
    super(new URL[] {url}, parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      if (found == null && findResource(name.replace('.', '/') + ".class") != null) {
        found = findClass(name);
      }
      return found == null ? super.loadClass(name, resolve) : found;
    }
  }

  @Override
  public URL getResource(String name) {
    URL found = findResource(name);
    return found == null ? super.getResource(name) : found;
  }
}
