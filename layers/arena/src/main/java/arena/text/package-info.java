/** Text from clients, models and services: cleaned for terminals and logs, quoted, redacted. */
@NullMarked
package arena.text;

import org.jspecify.annotations.NullMarked;
