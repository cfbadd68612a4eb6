package dev.dmarshal.passthrough.xen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A program that answers as {@code xl} does, with one PV guest whose devices are in a file, and its {@code xenstore-read}; told by files how to misbehave. */
final class FakeXl {

    private static final String SCRIPT = """
            #!/bin/sh
            here=$(dirname "$0")
            echo "$*" >>"$here/asked"
            [ ! -e "$here/dead" ] || sleep 60
            [ ! -e "$here/refuses" ] || { cat "$here/refuses" >&2; exit 1; }
            case $1 in
            domid) echo 1 ;;
            list) echo "Name  ID Mem VCPUs State Time(s)"; echo "pv1 1 300 1 $(cat "$here/running") 3.0" ;;
            pci-list)
              [ "$2" = pv1 ] || { echo "$2 is an invalid domain identifier (rc=-6)" >&2; exit 1; }
              echo "Vdev Device"; cat "$here/devices" ;;
            pci-attach)
              [ ! -e "$here/noted" ] || { echo 'PCI device is not assignable' >&2; exit 1; }
              echo 1 >"$here/noted"
              [ -e "$here/idle" ] || { echo "00.0 ${3%%[,@]*}" >>"$here/devices"; } ;;
            pci-detach)
              [ "$2" = -f ] || grep -q "$3" "$here/devices" || { echo 'PCI device not attached to this domain' >&2; exit 1; }
              [ ! -e "$here/deaf" ] || { echo 'libxl: warning: Domain 1:timed out waiting for DM to remove pci-pt-01_00.0' >&2; exit 1; }
              rm -f "$here/noted"
              [ -e "$here/idle" ] || { grep -v "$3" "$here/devices" >"$here/rest"; mv "$here/rest" "$here/devices"; } ;;
            esac
            exit 0
            """;

    private static final String STORE = """
            #!/bin/sh
            here=$(dirname "$0")
            case $1 in
            /libxl/1/type) cat "$here/type" ;;
            /libxl/pci/0000-01-00-0/domid) cat "$here/noted" ;;
            /local/domain/1/device/pci/0/state) cat "$here/state" ;;
            /local/domain/0/backend/pci/1/0/*) cat "$here/backend-${1##*/}" ;;
            /local/domain/0/backend/pci/1/0) [ -e "$here/backend-num_devs" ] ;;
            *) exit 1 ;;
            esac
            """;

    /** As a whole or not at all; with the back end goes what xl lists. */
    private static final String REMOVE = """
            #!/bin/sh
            here=$(dirname "$0")
            echo "xenstore-rm $*" >>"$here/asked"
            rm -f "$here"/backend-*
            : >"$here/devices"
            """;

    private final Path folder;

    FakeXl(Path folder) {
        this.folder = folder;
        put("xl", SCRIPT).put("xenstore-read", STORE).put("xenstore-rm", REMOVE).put("devices", "").put("running", "-b----\n").put("type", "pv\n").put("state", "4\n");
        for (String program : List.of("xl", "xenstore-read", "xenstore-rm")) {
            try {
                Files.setPosixFilePermissions(folder.resolve(program), PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    FakeXl put(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    String asked() throws IOException {
        return Files.readString(folder.resolve("asked"));
    }

    Xl xl() {
        return new Xl(folder.resolve("xl").toString());
    }
}
