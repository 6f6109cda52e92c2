package arena.archive;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that only this user can read and write. Others may write in the folder for temporary
 * files too, so a folder with a known name there can be theirs, or a link to any other folder.
 */
final class PrivateFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /**
   * Makes a folder private, and creates it if it is missing.
   *
   * @return the folder; or a new one next to it, with a random name, if it is a link, not a folder,
   *     or another user's
   * @throws IOException if neither is possible
   */
  static Path in(Path wanted) throws IOException {
    Path folder = wanted.toAbsolutePath().normalize();
    Files.createDirectories(folder.getParent());
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      Files.createDirectory(
          folder,
          posix
              ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
              : new FileAttribute<?>[0]);
      return folder;
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && (!posix || restricted(folder))) {
        return folder;
      }
    }
    LOG.atWarn().addKeyValue("folder", folder).log("folder is a link or another user's, not used");
    // Created for the owner only, as all temporary folders are.
    return Files.createTempDirectory(folder.getParent(), folder.getFileName() + "-");
  }

  /** Removes the permissions of others; returns false if another user owns the folder. */
  private static boolean restricted(Path folder) throws IOException {
    Path own = Files.createTempFile(folder.getParent(), "owner-", "");
    try {
      if (!Files.getOwner(own).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS))) {
        return false;
      }
    } finally {
      Files.deleteIfExists(own);
    }
    if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }
    return true;
  }
}
