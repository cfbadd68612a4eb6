package dev.dmarshal.host.boot;

import dev.dmarshal.host.params.CommandLine;
import java.util.Optional;

/**
 * A command line, and where it stands.
 *
 * @param path  the file
 * @param entry title or id of the boot entry, where the file has entries
 * @param linux what Linux is given
 * @param xen   what Xen is given, if the entry boots Xen
 */
public record BootLine(String path, Optional<String> entry, CommandLine linux, Optional<CommandLine> xen) {
}
