package dev.dmarshal.cli.image;

import dev.dmarshal.core.image.ImageFinding;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.HostTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.KernelNote;
import dev.dmarshal.host.image.KernelUnits;
import dev.dmarshal.host.image.SeenEntries;
import dev.dmarshal.host.image.TableLocator.Located;
import dev.dmarshal.host.image.TableLocator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** An open image and the units whose tables it holds: what every command about images starts with. */
public record OpenTables(ImageFile file, Path path, Located located, Optional<HostTables> host) implements AutoCloseable {

    /** Opens an image; says on {@code err} what is wrong with it. */
    static OpenTables open(ImageArguments arguments, String image, PrintWriter err) throws IOException {
        Path path = Path.of(image);
        ImageFile file = arguments.open(path);
        try {
            for (ImageFinding finding : file.machine().findings()) {
                err.println("dmarshal: " + path + ": " + finding.detail());
            }
            Optional<HostTables> host = arguments.host(err);
            List<UnitTables> told = new ArrayList<>(arguments.told());
            List<SeenEntries> seen = new ArrayList<>(arguments.seen());
            host.ifPresent(tables -> {
                told.addAll(tables.units());
                seen.addAll(tables.seen());
            });
            Located located = arguments.searching() ? TableLocator.searched(file.machine().memory()) : TableLocator.locate(file.machine(), told, seen);
            return new OpenTables(file, path, located, host);
        } catch (IOException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    static void declareImage(CommandSpec spec, int index, String label) {
        parameter(spec, index, label, "A memory image: ELF core (vmcore, virsh dump --memory-only, dump-guest-memory), kdump-compressed, LiME, raw, the RAM"
                + " file"
                + " of a running guest, /proc/kcore.");
    }

    static void parameter(CommandSpec spec, int index, String label, String description) {
        spec.addPositional(PositionalParamSpec.builder().index(Integer.toString(index)).paramLabel(label).required(true).type(String.class)
                .description(description).build());
    }

    SavedMachine machine() {
        return file.machine();
    }

    List<UnitTables> units() {
        return located.units();
    }

    /** The kernels whose VMCOREINFO the image has, with what their variables say. */
    List<KernelUnits> kernels() {
        return located.kernels().isEmpty() ? KernelNote.of(machine()).stream().map(note -> KernelUnits.of(machine().memory(), note)).toList()
                : located.kernels();
    }

    /**
     * What searching finds: done now if only the kernels' variables were asked, as they say nothing of what a kernel before them left. A running machine's own
     * memory is not searched: it has no kernel before.
     */
    Optional<TableSearch.Result> search() {
        boolean live = path.toAbsolutePath().normalize().startsWith("/proc");
        return located.search().isPresent() || located.kernels().isEmpty() || live ? located.search()
                : TableLocator.searched(machine().memory()).search();
    }

    /** Says why there are no units, where there are none. */
    boolean complainOfNone(PrintWriter err) {
        if (units().isEmpty()) {
            String searched = located.search().map(result -> ": searched " + result.pages() + " pages").orElse("");
            err.println("dmarshal: " + path + ": no remapping tables found" + searched + ". Give --rtaddr, or --layout if the image is raw and not laid out by"
                    + " address.");
        }
        return units().isEmpty();
    }

    /** The device that somebody wrote; refuses what is not one function. */
    static SourceId device(ImageArguments arguments, String text) {
        return switch (DeviceNotation.parse(text)) {
            case DeviceNotation.Function function -> function.address().sourceId();
            case DeviceNotation.Refused refused -> throw arguments.refused(text + ": " + refused.reason());
            case DeviceNotation other -> throw arguments.refused(text + ": name one function, as 03:00.0");
        };
    }

    @Override
    public void close() {
        file.close();
    }
}
