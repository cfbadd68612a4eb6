package dev.dmarshal.cli.passthrough;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** plan, apply, status, undo and resume as their user runs them: on a fake host's files, and on files of this machine that belong to the test. */
class PassthroughCommandsTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final Sbdf NIC = new Sbdf(0, 2, 0, 0);

    @TempDir
    private Path folder;

    private static void conforms(String json, String schema) throws IOException {
        var checked = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/" + schema)));
        assertThat(checked.validate(json, InputFormat.JSON)).isEmpty();
    }

    /** A host with one card in a group of its own, whose boot is GRUB's. */
    private String host() {
        FakeHost host = new FakeHost(folder.resolve("host")).file("/proc/sys/kernel/osrelease", "6.12.0\n").file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz quiet\n")
                .file("/proc/interrupts", "  24:  0  IR-PCI-MSI-0000:00:1c.0 0-edge\n").file("/sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n").folder("/sys/class/net").folder("/sys/class/graphics").folder("/sys/class/block")
                .file("/proc/swaps", "Filename\n").file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n").file("/proc/net/route", "Iface\n")
                .file("/proc/bus/input/devices", "\n").folder("/proc/1/fd").folder("/sys/devices/pci0000:00").folder("/sys/bus/pci/drivers/vfio-pci")
                .file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n").file("/usr/sbin/update-grub", "")
                .file("/boot/grub/grub.cfg", "menuentry 'Debian' {\n linux /vmlinuz quiet\n}\n");
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(5)
                .make();
        FakePci.at(host, port, NIC).driver("igb").group(12).range(0xf0000000L, 0x100000, false).make();
        host.file("/sys/bus/pci/devices/" + NIC + "/driver_override", "(null)\n").file("/sys/bus/pci/devices/" + NIC + "/reset_method", "flr\n")
                .file("/sys/kernel/iommu_groups/12/type", "DMA\n");
        return folder.resolve("host").toString();
    }

    /** A plan that touches nothing but one file of this test's own. */
    private Path harmless(String id, String text) throws IOException {
        Path file = folder.resolve(id + ".txt");
        Files.writeString(file, "old\n");
        StepList steps = new StepList();
        Condition old = new Condition.Digest(file.toString(), Condition.Digest.of("old\n"));
        Condition fresh = new Condition.Digest(file.toString(), Condition.Digest.of(text));
        steps.addPersistent("write a file", List.of(old), new Action.Replace(file.toString(), text), List.of(fresh),
                List.of(new Action.Replace(file.toString(), "old\n")));
        Plan plan = new Plan(Plan.FORMAT, id, "write a file", List.of(), List.of(), List.of(), steps.steps(), List.of(fresh));
        return Files.writeString(folder.resolve(id + ".json"), PlanJson.write(plan));
    }

    private String journals() {
        return folder.resolve("journals").toString();
    }

    @Test
    void wrongArgumentsAreSixtyFour() {
        String host = host();
        assertThat(run("plan", "--root", host).err()).contains("no DEVICE is named");
        for (String[] wrong : new String[][] {{"plan"}, {"plan", "--root", host, "--boot", "--parameter", "a=b"}, {"plan", "02:00.0", "--via", "xl"},
                {"plan", "02:00.0", "--guest", "g", "--via", "vfio"}, {"plan", "02:00.0", "--force", "rot:02:00.0"}, {"plan", "02:00"},
                {"plan", "02:00.0", "--group-type", "auto"},
                {"plan", "02:00.0", "--group-type", "identity", "--boot"}, {"plan", "--parameter", "a b"}, {"plan", "--nonsense"}, {"apply"},
                {"apply", "a", "b"}, {"status", "x"}, {"undo", "a", "b"}, {"resume", "--nonsense"}}) {
            Run run = run(wrong);
            assertThat(run.code()).as(String.join(" ", wrong)).isEqualTo(Exit.USAGE);
            assertThat(run.err()).as(String.join(" ", wrong)).startsWith("dmarshal: ").contains("--help");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void helpNamesTheLabelsThatForceLifts() {
        assertThat(run("plan", "--help").out()).contains("default-route").contains("only-console").contains("Nothing lifts").contains("rmrr");
        for (String command : List.of("apply", "status", "undo", "resume")) {
            assertThat(run(command, "--help")).satisfies(run -> assertThat(run.code()).isZero()).satisfies(run -> assertThat(run.out()).contains("--journal"));
        }
    }

    @Test
    void aPlanAsTextAsJsonAndAsAFile() throws IOException {
        Path file = folder.resolve("plan.json");
        Run text = run("plan", "02:00.0", "--root", host(), "-o", file.toString());
        assertThat(text.code()).as(text.err() + text.out()).isZero();
        assertThat(text.out()).contains("1. take 0000:02:00.0 from igb").contains("undo").contains("0000:02:00.0 as 0000:02:00.0: group 12")
                .contains("dmarshal apply " + file);
        Run json = run("plan", "02:00.0", "--root", host(), "--json");
        assertThat(json.out()).isEqualTo(Files.readString(file));
        conforms(json.out(), "plan-1.json");
        assertThat(run("plan", "02:00.0", "--root", host(), "-o", folder.resolve("no/such/plan.json").toString())).satisfies(run -> assertThat(run.code())
                .isEqualTo(Exit.UNMEASURED)).satisfies(run -> assertThat(run.err()).contains("no such file or directory"));
    }

    @Test
    void aPlanThatWasEditedIsSaidToBe() throws IOException {
        Path file = folder.resolve("plan.json");
        assertThat(run("plan", "02:00.0", "--root", host(), "--dry-run", "-o", file.toString()).code()).isZero();
        assertThat(run("apply", file.toString(), "--dry-run", "--journal", journals()).err()).isEmpty();
        Files.writeString(file, Files.readString(file).replace("vfio-pci/unbind", "pci-stub/unbind"));
        assertThat(run("apply", file.toString(), "--dry-run", "--journal", journals()).err()).contains("it was edited since");
    }

    @Test
    void aPlanOfAnotherHostIsRefused() throws IOException {
        String host = host();
        Files.createDirectories(Path.of(host, "etc"));
        Files.writeString(Path.of(host, "etc/machine-id"), "00112233445566778899aabbccddeeff\n");
        Path file = folder.resolve("plan.json");
        assertThat(run("plan", "02:00.0", "--root", host, "-o", file.toString()).code()).isZero();
        assertThat(Files.readString(file)).contains("/etc/machine-id").doesNotContain("00112233445566778899aabbccddeeff");
        for (Run run : List.of(run("apply", file.toString(), "--journal", journals()), run("apply", "--dry-run", file.toString(), "--journal", journals()))) {
            assertThat(run.code()).isEqualTo(Exit.FINDINGS);
            assertThat((run.out() + run.err()).replaceAll("\\s+", " ")).contains("not the host of the plan, or it was changed since",
                    "expected: /etc/machine-id has the content whose SHA-256 begins with",
                    "expected: /sys/bus/pci/devices/0000:02:00.0/iommu_group leads to 12");
        }
        assertThat(run("status", "--journal", journals()).out()).contains("No plan was applied");
    }

    @Test
    void aForcedLabelThatLiftsNothingIsSaid() throws IOException {
        Run run = run("plan", "02:00.0", "--root", host(), "--force", "root:0000:02:00.0");
        assertThat(run.code()).isZero();
        assertThat(run.out().replaceAll("\\s+", " ")).contains("--force root:0000:02:00.0 lifted nothing").doesNotContain("forced");
        Files.writeString(folder.resolve("host/sys/kernel/iommu_groups/12/reserved_regions"), "0x000000007f800000 0x000000007fffffff direct\n");
        Run locked = run("plan", "02:00.0", "--root", folder.resolve("host").toString(), "--force=rmrr:0000:02:00.0");
        assertThat(locked.code()).isEqualTo(Exit.FINDINGS);
        assertThat(locked.out().replaceAll("\\s+", " ")).contains("--force rmrr:0000:02:00.0: nothing lifts this refusal", "no force helps");
    }

    @Test
    void whatOutlastsARestartIsShownAsADifference() throws IOException {
        Run run = run("plan", "--parameter", "intel_iommu=on", "--root", host());
        assertThat(run.code()).as(run.err() + run.out()).isZero();
        assertThat(run.out()).contains("-GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n").contains("+GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=on\"\n")
                .contains("run /usr/sbin/update-grub").contains("restart the host");
        conforms(run("plan", "--parameter", "intel_iommu=on", "--root", host(), "--json").out(), "plan-1.json");
        Run useless = run("plan", "--parameter", "intel_iommu=pt", "--root", host());
        assertThat(useless.code()).isEqualTo(Exit.FINDINGS);
        assertThat(useless.out()).contains("--force parameter:intel_iommu=pt").contains("does nothing on this kernel");
    }

    @Test
    void aGroupsTypeIsPlannedWithItsCost() throws IOException {
        Run run = run("plan", "02:00.0", "--group-type", "identity", "--root", host());
        assertThat(run.code()).as(run.err() + run.out()).isZero();
        assertThat(run.out()).contains("write \"identity\" to /sys/kernel/iommu_groups/12/type").contains("give 0000:02:00.0 back to igb")
                .contains("untranslated");
        conforms(run("plan", "02:00.0", "--group-type", "identity", "--root", host(), "--json").out(), "plan-1.json");
    }

    @Test
    void refusalsAsTextAndAsJson() throws IOException {
        String host = host();
        Files.writeString(Path.of(host, "sys/kernel/iommu_groups/12/reserved_regions"), "0x000000007f800000 0x000000007fffffff direct\n");
        Run text = run("plan", "02:00.0", "--root", host);
        assertThat(text.code()).isEqualTo(Exit.FINDINGS);
        assertThat(text.out()).contains("Firmware reserves").doesNotContain("--force rmrr");
        Run json = run("plan", "02:00.0", "--root", host, "--json");
        assertThat(json.out()).contains("\"rmrr:0000:02:00.0\"");
        conforms(json.out(), "plan-1.json");
    }

    @Test
    void filesThatAreNoPlansAreNamed() throws IOException {
        Path plan = harmless("good", "new\n");
        String text = Files.readString(plan);
        Path bad = folder.resolve("bad.json");
        for (String damaged : List.of("", "{", text.substring(0, text.length() / 2), text.replace("\"format\" : 1", "\"format\" : 2"),
                text.replace("\"title\"", "\"titel\""), text.replace("\"number\" : 1", "\"number\" : 7"), text + "x", "[]", "null")) {
            Files.writeString(bad, damaged);
            for (String command : List.of("apply", "undo", "resume")) {
                Run run = run(command, bad.toString(), "--journal", journals());
                assertThat(run.code()).as(command + " " + damaged).isEqualTo(Exit.UNMEASURED);
                assertThat(run.err()).as(command + " " + damaged).startsWith("dmarshal: " + bad + ": ");
            }
        }
        assertThat(run("apply", folder.resolve("none").toString(), "--journal", journals()).err()).contains("no such file");
        assertThat(run("apply", folder.toString(), "--journal", journals()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(folder.resolve("journals")).doesNotExist();
    }

    @Test
    void appliedShownAndTakenBack() throws IOException {
        Path plan = harmless("one", "new\n");
        assertThat(run("status", "--journal", journals()).out()).contains("No plan");
        Run dry = run("apply", plan.toString(), "--dry-run", "--journal", journals());
        assertThat(dry.code()).as(dry.err() + dry.out()).isZero();
        assertThat(dry.out()).contains("Nothing was changed").contains("-old\n").contains("+new\n");
        assertThat(folder.resolve("one.txt")).hasContent("old\n");
        assertThat(run("apply", plan.toString(), "--journal", journals())).satisfies(run -> assertThat(run.code()).isZero())
                .satisfies(run -> assertThat(run.out()).contains("Applied and verified"));
        assertThat(folder.resolve("one.txt")).hasContent("new\n");
        Run again = run("apply", plan.toString(), "--journal", journals());
        assertThat(again.code()).isEqualTo(Exit.FINDINGS);
        assertThat(again.err()).contains("refused").contains("is applied already");
        assertThat(run("status", "--journal", journals())).satisfies(run -> assertThat(run.code()).isZero())
                .satisfies(run -> assertThat(run.out()).contains("one  applied  write a file").contains("dmarshal undo one"));
        Run json = run("status", "--json", "--journal", journals());
        conforms(json.out(), "status-1.json");
        assertThat(json.out()).contains("\"goal\":true");
        assertThat(run("undo", "--dry-run", "--journal", journals()).out()).contains("undo 1");
        assertThat(folder.resolve("one.txt")).hasContent("new\n");
        assertThat(run("resume", "one", "--journal", journals()).out()).contains("Applied");
        assertThat(run("undo", "--journal", journals()).out()).contains("as it was before the plan");
        assertThat(folder.resolve("one.txt")).hasContent("old\n");
        assertThat(run("undo", "--journal", journals())).satisfies(run -> assertThat(run.code()).isZero())
                .satisfies(run -> assertThat(run.err()).contains("no plan is open"));
        assertThat(run("undo", "other", "--journal", journals()).code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void ofSeveralOpenPlansOneIsNamed() throws IOException {
        run("apply", harmless("aa1", "new\n").toString(), "--journal", journals());
        run("apply", harmless("ab2", "new\n").toString(), "--journal", journals());
        assertThat(run("undo", "--journal", journals())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.USAGE))
                .satisfies(run -> assertThat(run.err()).contains("aa1, ab2"));
        assertThat(run("undo", "a", "--journal", journals()).code()).isEqualTo(Exit.USAGE);
        assertThat(run("undo", "ab", "--journal", journals()).code()).isZero();
        assertThat(folder.resolve("ab2.txt")).hasContent("old\n");
        assertThat(folder.resolve("aa1.txt")).hasContent("new\n");
    }

    @Test
    void aJournalWhoseFirstLineIsDamagedIsSettledByThePlansFile() throws IOException {
        Path plan = harmless("lost", "new\n");
        run("apply", plan.toString(), "--journal", journals());
        Path journal = folder.resolve("journals/lost.journal");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[100] ^= 4;
        Files.write(journal, bytes);
        Run status = run("status", "--journal", journals());
        assertThat(status.code()).isEqualTo(Exit.FINDINGS);
        assertThat(status.out()).contains("lost  damaged").contains("the plan cannot be read").contains("plan's file");
        conforms(run("status", "--json", "--journal", journals()).out(), "status-1.json");
        assertThat(run("undo", "lost", "--journal", journals())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.FINDINGS))
                .satisfies(run -> assertThat(run.err()).contains("give the plan's file"));
        assertThat(folder.resolve("lost.txt")).hasContent("new\n");
        assertThat(run("undo", plan.toString(), "--journal", journals()).code()).isZero();
        assertThat(folder.resolve("lost.txt")).hasContent("old\n");
        assertThat(run("status", "--journal", journals()).out()).contains("lost  undone");
    }

    @Test
    void aFileWithAnotherPlanOfTheSameIdIsRefused() throws IOException {
        run("apply", harmless("same", "new\n").toString(), "--journal", journals());
        Path other = harmless("same", "newer\n");
        Files.writeString(folder.resolve("same.txt"), "new\n");
        assertThat(run("undo", other.toString(), "--journal", journals()).err()).contains("another plan than this file");
    }
}
