package dev.dmarshal.trials.inside;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.apply.LiveMachine;
import dev.dmarshal.passthrough.apply.Moment;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import dev.dmarshal.passthrough.plan.Step;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.Planner;
import dev.dmarshal.passthrough.wish.Wish;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs inside a machine of the lab, as root, with the file of a plan for two functions and a function of a group of its own: a disk that is full or fills up,
 * journals that are damaged, a sysfs that cannot be written, a device that its user does not let go, the types of groups. Prints a line for each, which begins
 * with {@code ok} if all was as it should be and sysfs is as before.
 */
public final class Mishaps {

    private static final Consumer<Moment> NOBODY = moment -> {
    };
    private static final int SHORT_SECONDS = 8;

    private final LiveMachine machine = new LiveMachine();
    private final Plan plan;
    private final String before;

    private Mishaps(Path file) throws IOException {
        plan = impatient(PlanJson.read(Files.readString(file)));
        before = SysfsPicture.take();
    }

    /** Arguments: the plan's file, the function whose group's type is changed. */
    public static void main(String[] arguments) throws Throwable {
        Mishaps mishaps = new Mishaps(Path.of(arguments[0]));
        mishaps.fullDisk();
        mishaps.diskFillsUp();
        mishaps.damagedJournals();
        mishaps.readOnlySysfs();
        mishaps.heldDevice();
        mishaps.groupType("group type", List.of(function(arguments[1])));
        mishaps.groupType("group type of two", mishaps.plan.devices().stream().map(Mishaps::function).toList());
    }

    private static Sbdf function(String text) {
        return DeviceNotation.parse(text).function().orElseThrow();
    }

    /** The same plan, for which a few seconds are long. */
    private static Plan impatient(Plan plan) {
        List<Step> steps = plan.steps().stream().map(step -> new Step(step.number(), step.title(), step.subjects(), step.before(), step.action(), step.after(),
                step.undo(), step.persistent(), step.action().inWords().contains("modprobe") ? step.limitSeconds() : SHORT_SECONDS)).toList();
        return new Plan(plan.format(), plan.id(), plan.title(), plan.devices(), plan.forced(), plan.premises(), steps, plan.goal(), plan.requesters());
    }

    private Passthrough passthrough(String folder) {
        return new Passthrough(machine, new JournalFolder(Path.of(folder)), Optional.empty());
    }

    private void told(String what, boolean right, Object seen) throws IOException {
        String now = SysfsPicture.take();
        System.out.println((right && now.equals(before) ? "ok " : "WRONG ") + what + ": " + seen + (now.equals(before) ? "" : "; sysfs is not as before"));
    }

    private void fullDisk() throws IOException, InterruptedException {
        shell("mkdir -p /small && mount -t tmpfs -o size=64k small /small");
        String said = "nothing";
        try {
            said = passthrough("/small").apply(plan, NOBODY).toString();
        } catch (IOException e) {
            said = e.getMessage();
        }
        told("full disk", said.contains("No space left on device") && said.contains("nothing was done") && !Files.exists(Path.of("/small/" + plan.id()
                + ".journal")), said);
    }

    /** Full as soon as the journal is there, while the plan is under way; the undo is written down all the same. */
    private void diskFillsUp() throws IOException, InterruptedException {
        shell("mkdir -p /filling && mount -t tmpfs -o size=512k filling /filling");
        Passthrough passthrough = passthrough("/filling");
        boolean[] full = new boolean[1];
        Outcome applied = passthrough.apply(plan, _ -> {
            if (!full[0]) {
                full[0] = true;
                fill(Path.of("/filling/rest"));
            }
        });
        Outcome undone = passthrough.undo(plan.id(), NOBODY);
        told("disk fills up", applied.equals(new Outcome.Applied()) && undone.equals(new Outcome.Undone("")), applied + ", then " + undone);
    }

    private static void fill(Path file) {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left on device")) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void damagedJournals() throws IOException {
        for (String damage : List.of("truncated", "flipped", "flipped in its first line")) {
            JournalFolder folder = new JournalFolder(Path.of("/tmp/" + damage.replace(' ', '-')));
            Passthrough passthrough = passthrough(folder.directory().toString());
            Outcome applied = passthrough.apply(plan, NOBODY);
            Path journal = folder.journal(plan.id());
            byte[] bytes = Files.readAllBytes(journal);
            int second = line(bytes, line(bytes, 0));
            int middle = (second + (int) JournalContents.read(journal).endOffset()) / 2;
            if (damage.equals("truncated")) {
                bytes = Arrays.copyOf(bytes, middle);
            } else {
                bytes[damage.equals("flipped") ? middle : second / 2] ^= 4;
            }
            Files.write(journal, bytes);
            String word = passthrough.standing(plan.id()).orElseThrow().word();
            Outcome undone = damage.contains("first") ? passthrough.undo(plan, NOBODY) : passthrough.undo(plan.id(), NOBODY);
            told("journal " + damage, applied.equals(new Outcome.Applied()) && !word.equals("applied") && undone.equals(new Outcome.Undone("")), applied + ", "
                    + word + ", then " + undone);
        }
    }

    /** Where the line after the one that begins here begins. */
    private static int line(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private void readOnlySysfs() throws IOException, InterruptedException {
        shell("mount -o remount,ro /sys");
        Outcome outcome = passthrough("/tmp/read-only").apply(plan, NOBODY);
        shell("mount -o remount,rw /sys");
        told("read-only sysfs", outcome instanceof Outcome.Undone undone && undone.reason().contains("Read-only file system"), outcome);
    }

    private void heldDevice() throws Throwable {
        Passthrough passthrough = passthrough("/tmp/held");
        Outcome applied = passthrough.apply(plan, NOBODY);
        // kmod loads it together with vfio; the modprobe of this machine, busybox's, knows no soft dependencies.
        shell("modprobe vfio_iommu_type1");
        String device = plan.devices().getLast();
        String group = machine.root().linkName("/sys/bus/pci/devices/" + device + "/iommu_group").present().orElseThrow();
        Outcome hung;
        Outcome again;
        boolean free;
        String word;
        try (HeldDevice _ = new HeldDevice(group, device)) {
            hung = passthrough.undo(plan.id(), NOBODY);
            Optional<JournalFolder.Lock> lock = new JournalFolder(Path.of("/tmp/held")).lock();
            free = lock.isPresent();
            if (free) {
                lock.get().close();
            }
            word = passthrough.standing(plan.id()).orElseThrow().word();
            // To look at the device now is to wait for it; nobody may, with the lock in hand.
            again = passthrough.undo(plan.id(), NOBODY);
        }
        // The child that was left behind comes back from the kernel now.
        Path driver = Path.of("/sys/bus/pci/devices/" + device + "/driver");
        for (int i = 0; i < 300 && Files.exists(driver); i++) {
            Thread.sleep(100);
        }
        Outcome undone = passthrough.undo(plan.id(), NOBODY);
        told("held device", applied.equals(new Outcome.Applied()) && hung instanceof Outcome.Hung && free && word.equals("hung")
                && again instanceof Outcome.Refused refused && refused.reasons().getFirst().contains("still not returned")
                && undone.equals(new Outcome.Undone("")), applied + ", " + hung + ", lock free " + free + ", " + word + ", " + again + ", then " + undone);
    }

    private void groupType(String what, List<Sbdf> functions) throws IOException {
        Sbdf first = functions.getFirst();
        Answer answer = new Planner(machine.root(), Optional.empty())
                .groupType(new Wish(List.of(first), Set.copyOf(functions.subList(1, functions.size())), Optional.empty(), Map.of(), Set.of()), "identity");
        if (!(answer instanceof Answer.Ready ready)) {
            told(what, true, "refused: " + ((Answer.Refused) answer).refusals().getFirst().reason());
            return;
        }
        Passthrough passthrough = passthrough("/tmp/type");
        Outcome applied = passthrough.apply(ready.plan(), NOBODY);
        String group = machine.root().linkName("/sys/bus/pci/devices/" + first + "/iommu_group").present().orElseThrow();
        String type = Files.readString(Path.of("/sys/kernel/iommu_groups/" + group + "/type")).strip();
        boolean bound = functions.stream().allMatch(function -> Files.exists(Path.of("/sys/bus/pci/devices/" + function + "/driver")));
        Outcome undone = passthrough.undo(ready.plan().id(), NOBODY);
        told(what, applied.equals(new Outcome.Applied()) && type.equals("identity") && bound && undone.equals(new Outcome.Undone("")), applied + ", "
                + type + ", drivers " + bound + ", then " + undone);
    }

    private static void shell(String script) throws IOException, InterruptedException {
        int code = new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IllegalStateException(script + " ended with " + code);
        }
    }
}
