package dev.dmarshal.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TreeLister;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.play.Means;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import dev.dmarshal.lab.play.Staging;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Machines of the lab whose memory is looked into. */
public final class ImageMachines {

    private ImageMachines() {
    }

    /** Starts a play on a machine whose memory is this file; skips or fails the test if the lab is not there. */
    public static Machine start(String playText, Path memory) throws Exception {
        return start(playText, memory, false);
    }

    /** The same on the newest QEMU of the stock, which has scalable mode with a first stage. */
    public static Machine start(String playText, Path memory, boolean newest) throws Exception {
        String lab = System.getProperty("lab", "auto");
        Optional<QemuProgram> program = QemuProgram.find(System.getenv("PATH"));
        boolean there = !lab.equals("off") && program.isPresent();
        if (!there && lab.equals("required")) {
            Assertions.fail("lab=required, and there is no QEMU");
        }
        Assumptions.assumeTrue(there, "no QEMU, or lab=off");
        try {
            Play play = PlayReader.text("images", playText + "memory-file " + memory + "\n");
            Stock stock = Stock.ofEnvironment(System.getenv());
            return new Staging(Means.of(newest ? QemuProgram.of(stock.newerQemu()) : program.get(), stock)).start(play);
        } catch (dev.dmarshal.lab.LabFailure e) {
            if (e.kind() == dev.dmarshal.lab.LabFailure.Kind.MISSING && !lab.equals("required")) {
                Assumptions.abort(e.getMessage());
            }
            throw e;
        }
    }

    /** The units that the kernels' own variables tell of: the search must have found the same tables, if one kernel runs. */
    public static List<UnitTables> told(SavedMachine machine) {
        TableLocator.Located located = TableLocator.locate(machine, List.of());
        assertThat(located.search()).as("found by variables").isEmpty();
        assertThat(located.units()).allMatch(unit -> unit.origin().contains("variables of kernel") && unit.capabilitiesKnown());
        return located.units();
    }

    /** The first few pages that two listings do not agree on; a comparison of whole listings would print more than memory holds. */
    public static List<String> differences(Map<Long, Long> found, Map<Long, Long> truth) {
        TreeSet<Long> all = new TreeSet<>(found.keySet());
        all.addAll(truth.keySet());
        return all.stream().filter(page -> !Objects.equals(found.get(page), truth.get(page))).limit(8)
                .map(page -> "0x%x: found %x, true %x".formatted(page, found.get(page), truth.get(page))).toList();
    }

    /** All pages that any table of an image maps, and how many tables of each kind were found. */
    public static Map<Long, Long> pages(Path image, RawLayout layout, List<UnitTables> told) throws IOException {
        try (ImageFile file = ImageFile.open(List.of(image), layout)) {
            MemoryImage memory = file.machine().memory();
            Map<Long, Long> pages = new TreeMap<>();
            for (UnitTables unit : TableLocator.locate(memory, told).units()) {
                pages.putAll(pages(memory, unit));
            }
            return pages;
        }
    }

    /** All pages that a unit's tables map. */
    public static Map<Long, Long> pages(MemoryImage memory, UnitTables unit) {
        Set<PageTree> trees = new LinkedHashSet<>();
        for (Attachment attachment : DeviceScan.scan(memory, unit).attachments()) {
            attachment.tree().ifPresent(trees::add);
        }
        return pages(memory, unit, trees);
    }

    /** All pages that some of a unit's tables map. */
    public static Map<Long, Long> pages(MemoryImage memory, UnitTables unit, Collection<PageTree> trees) {
        Map<Long, Long> pages = new TreeMap<>();
        TreeLister lister = new TreeLister(memory, unit.capabilities());
        for (PageTree tree : trees) {
            lister.list(tree, unit.scalable(), new MappingSink() {
                @Override
                public void run(long input, long output, long sizeBytes, int rights) {
                    for (long at = 0; at < sizeBytes; at += 4096) {
                        pages.put(input + at, output + at);
                    }
                }

                @Override
                public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, MemoryImage.Presence presence) {
                    throw new AssertionError(gap + " at " + Long.toHexString(entryAddress));
                }
            });
        }
        return pages;
    }
}
