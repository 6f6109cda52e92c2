package arena.local.lambda;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Finds classes and resources in its own place before it asks its parent, which may have them too
 * when everything is on one class path.
 */
final class ChildFirstClassLoader extends URLClassLoader {
  ChildFirstClassLoader(URL place, ClassLoader parent) {
    super(new URL[] {place}, parent);
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
