package dev.dmarshal.cli;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TreeLister;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.memory.MemoryImage;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Machines of the lab whose memory is looked into. */
final class ImageMachines {

    private ImageMachines() {
    }

    /** Starts a play on a machine whose memory is this file; skips or fails the test if the lab is not there. */
    static Machine start(String playText, Path memory) throws Exception {
        String lab = System.getProperty("lab", "auto");
        Optional<QemuProgram> program = QemuProgram.find(System.getenv("PATH"));
        boolean there = !lab.equals("off") && program.isPresent();
        if (!there && lab.equals("required")) {
            Assertions.fail("lab=required, and there is no QEMU");
        }
        Assumptions.assumeTrue(there, "no QEMU, or lab=off");
        try {
            Play play = PlayReader.text("images", playText + "memory-file " + memory + "\n");
            return new Staging(Means.of(program.get(), Stock.ofEnvironment(System.getenv()))).start(play);
        } catch (dev.dmarshal.lab.LabFailure e) {
            if (e.kind() == dev.dmarshal.lab.LabFailure.Kind.MISSING && !lab.equals("required")) {
                Assumptions.abort(e.getMessage());
            }
            throw e;
        }
    }

    /** All pages that any table of an image maps, and how many tables of each kind were found. */
    static Map<Long, Long> pages(Path image, RawLayout layout, List<UnitTables> told) throws IOException {
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
    static Map<Long, Long> pages(MemoryImage memory, UnitTables unit) {
        Map<Long, Long> pages = new TreeMap<>();
        Set<PageTree> trees = new LinkedHashSet<>();
        for (Attachment attachment : DeviceScan.scan(memory, unit).attachments()) {
            attachment.tree().ifPresent(trees::add);
        }
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
