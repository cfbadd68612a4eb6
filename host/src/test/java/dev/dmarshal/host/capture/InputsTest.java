package dev.dmarshal.host.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.boot.BootReader;
import dev.dmarshal.host.fake.AskingTree;
import dev.dmarshal.host.fake.BusyHost;
import dev.dmarshal.host.fake.InputCover;
import dev.dmarshal.host.files.Completeness;
import dev.dmarshal.host.files.DirectoryTree;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.holders.HolderArea;
import dev.dmarshal.host.holders.HolderKind;
import dev.dmarshal.host.holders.HostHolders;
import dev.dmarshal.host.image.HostTables;
import dev.dmarshal.host.iommu.BuildConfig;
import dev.dmarshal.host.iommu.GuestPrerequisites;
import dev.dmarshal.host.iommu.IommuStanding;
import dev.dmarshal.host.iommu.KnownHardware;
import dev.dmarshal.host.survey.Surveyor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of inputs is all that is read of a machine: a capture answers what the machine answered. */
class InputsTest {

    private static final List<Sbdf> DEVICES = List.of(BusyHost.DISKS, BusyHost.NETWORK, BusyHost.DISPLAY, BusyHost.GIVEN, BusyHost.SERIAL);

    @TempDir
    private Path folder;

    @Test
    void whateverIsReadIsOnTheList() {
        BusyHost.at(folder);
        AskingTree asked = new AskingTree(new DirectoryTree(folder, Completeness.WHOLE));
        HostRoot host = new HostRoot("busy", SourceKind.DIRECTORY, asked, List.of());
        Surveyor.survey(host, Optional.empty());
        IommuStanding.of(host);
        GuestPrerequisites.of(host);
        BootReader.read(host);
        BuildConfig.of(host);
        HostGroups.of(host);
        HostTables.of(host);
        KnownHardware.of(host);
        assertThat(asked.contents()).hasSizeGreaterThan(100);
        assertThat(new InputCover().missing(asked)).isEmpty();
    }

    @Test
    void holdersAreTheSameInACapture() throws IOException {
        HostRoot machine = BusyHost.at(folder.resolve("machine")).host();
        Capture capture = Capture.of(machine, Inputs.standard(), new Capture.Making(false, "dmarshal test", "2026-01-01T00:00:00Z",
                "a key that is the same every time".getBytes(StandardCharsets.US_ASCII)));
        Path file = folder.resolve("capture.tar.zst");
        try (OutputStream out = Files.newOutputStream(file)) {
            capture.write(out);
        }
        HostHolders own = HostHolders.of(machine, Optional.empty());
        HostHolders captured = HostHolders.of(HostRoot.open(file).present().orElseThrow(), Optional.empty());
        Set<HolderKind> seen = EnumSet.noneOf(HolderKind.class);
        for (Sbdf device : DEVICES) {
            assertThat(kinds(captured, device)).as(device.toString()).isEqualTo(kinds(own, device)).isNotEmpty();
            seen.addAll(kinds(own, device));
        }
        assertThat(seen).contains(HolderKind.ROOT, HolderKind.SWAP, HolderKind.BOOT, HolderKind.RAID, HolderKind.MAPPER, HolderKind.MOUNT, HolderKind.ZFS,
                HolderKind.DEFAULT_ROUTE, HolderKind.NET_PORT, HolderKind.RDMA, HolderKind.FRAME_BUFFER, HolderKind.SCREEN, HolderKind.BOOT_DISPLAY,
                HolderKind.SOUND, HolderKind.OPEN_FILE, HolderKind.GUEST, HolderKind.SERIAL_CONSOLE, HolderKind.ONLY_KEYBOARD, HolderKind.WATCHDOG,
                HolderKind.TPM);
        for (HolderArea area : HolderArea.values()) {
            assertThat(captured.unseen(area)).as(area.toString()).isEqualTo(own.unseen(area)).isEmpty();
        }
        assertThat(own.of(BusyHost.NETWORK).holders()).extracting(Holder::what).contains("process 72 (qemu-system-x86) has /dev/tap7 open",
                "process 72 (qemu-system-x86) has /dev/vhost-vdpa-0 open");
    }

    private static List<HolderKind> kinds(HostHolders holders, Sbdf device) {
        return holders.of(device).holders().stream().map(Holder::kind).toList();
    }

    @Test
    void processesThatHoldNothingAreSeenToHoldNothing() throws IOException {
        Path root = folder.resolve("machine");
        BusyHost.at(root);
        Files.createDirectories(root.resolve("proc/99/fd"));
        Files.createSymbolicLink(root.resolve("proc/99/fd/0"), Path.of("/dev/null"));
        Collected collected = InputReader.read(HostRoot.ofWhole(root), Inputs.standard(), false);
        assertThat(collected.folders).contains("/proc/99/fd");
        assertThat(collected.links).doesNotContainKey("/proc/99/fd/0");
    }

    @Test
    void recordsAndMountsKeepWhatCountsAndNoMore() throws IOException {
        HostRoot machine = BusyHost.at(folder.resolve("machine")).host();
        Capture capture = Capture.of(machine, Inputs.standard(), new Capture.Making(false, "dmarshal test", "2026-01-01T00:00:00Z",
                "a key that is the same every time".getBytes(StandardCharsets.US_ASCII)));
        Path file = folder.resolve("capture.tar.zst");
        try (OutputStream out = Files.newOutputStream(file)) {
            capture.write(out);
        }
        HostRoot host = HostRoot.open(file).present().orElseThrow();
        assertThat(host.text("/run/udev/data/b8:1").present().orElseThrow()).contains("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
                .doesNotContain("S4EWNX0R", "sprawl");
        assertThat(host.text("/run/udev/data/b8:16").present().orElseThrow()).contains("ID_FS_LABEL=tank").doesNotContain("5fa01c7e");
        assertThat(host.text("/proc/self/mountinfo").present().orElseThrow()).contains("22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw")
                .contains("23 22 8:32 ", "/home/", "btrfs /dev/sdc").doesNotContain("molly");
    }
}
