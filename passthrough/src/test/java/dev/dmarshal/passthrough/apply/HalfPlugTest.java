package dev.dmarshal.passthrough.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestPort;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plug that dies half way, and the guest that then neither has the device nor is without it; seen with {@code xl pci-attach} on a real dom0. */
class HalfPlugTest {

    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final Guest PV1 = new Guest("xl", "pv1");
    private static final List<Condition> WITHOUT = List.of(new Condition.GuestHas(PV1, NIC.toString(), false));
    private static final List<Condition> WITH = List.of(new Condition.GuestHas(PV1, NIC.toString(), true));

    @TempDir
    private Path temporary;
    private Path file;
    private FakeSysfs sysfs;
    private Plan plan;
    private Door door;

    /** The process is killed. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Where the device is: nowhere, half way, in. The first plug is killed half way. */
    private static final class Door implements GuestPort {

        private final boolean mends;
        private int state;
        private boolean killed;

        Door(boolean mends) {
            this.mends = mends;
        }

        @Override
        public Deed attach(String device, Map<String, String> options, Duration limit) {
            state = killed ? 2 : 1;
            if (!killed) {
                killed = true;
                throw new Killed();
            }
            return new Deed.Done();
        }

        @Override
        public Deed detach(String device, Map<String, String> options, Duration limit) {
            state = 0;
            return new Deed.Done();
        }

        @Override
        public Condition.Answer look(String device, boolean has) {
            return state == (has ? 2 : 0) ? new Condition.Holds() : new Condition.Fails("state " + state);
        }

        @Override
        public boolean mendsHalfPlug() {
            return mends;
        }

        @Override
        public Reading<GuestLayout> layout() {
            return new Reading.Absent<>("layout");
        }
    }

    private record Host(FakeSysfs sysfs, GuestPort door) implements Machine {

        @Override
        public HostRoot root() {
            return sysfs.root();
        }

        @Override
        public String bootId() {
            return sysfs.bootId();
        }

        @Override
        public Guests guests() {
            return new Guests().with(PV1.via(), guest -> door);
        }

        @Override
        public boolean pending(Action action) {
            return false;
        }

        @Override
        public Deed perform(Action action, Duration limit) {
            return switch (action) {
                case Action.Attach attach -> door.attach(attach.device(), attach.options(), limit);
                case Action.Detach detach -> door.detach(detach.device(), detach.options(), limit);
                default -> throw new AssertionError(action);
            };
        }
    }

    @BeforeEach
    void begin() {
        sysfs = new FakeSysfs(temporary.resolve("host")).function(NIC.toString(), 7, "pciback");
        file = temporary.resolve("journal");
        StepList steps = new StepList().add("plug", WITHOUT, new Action.Attach(PV1, NIC.toString(), Map.of()), WITH,
                List.of(new Action.Detach(PV1, NIC.toString(), Map.of())));
        plan = new Plan(Plan.FORMAT, "half", "plug", List.of(NIC.toString()), List.of(), VfioBinding.premises(sysfs.root(), NIC), steps.steps(), WITH);
    }

    private void kill(boolean mends) throws IOException {
        door = new Door(mends);
        try (Journal journal = Journal.create(file, new Entry.Begun("2026-01-01T00:00:00Z", sysfs.bootId(), plan))) {
            assertThatThrownBy(() -> new Applier(new Host(sysfs, door), moment -> { }).apply(plan, journal)).isInstanceOf(Killed.class);
        }
        assertThat(door.state).isEqualTo(1);
    }

    private Outcome resume() throws IOException {
        JournalContents contents = JournalContents.read(file);
        try (Journal journal = Journal.open(file, contents)) {
            return new Applier(new Host(sysfs, door), moment -> { }).resume(contents, journal);
        }
    }

    @Test
    void goesOnWhereThePlugPutsRightWhatItLeft() throws IOException {
        kill(true);
        assertThat(resume()).isEqualTo(new Outcome.Applied());
        assertThat(door.state).isEqualTo(2);
    }

    @Test
    void isTakenBackWhereNobodyPutsItRight() throws IOException {
        kill(false);
        assertThat(resume()).isInstanceOf(Outcome.Undone.class);
        assertThat(door.state).isZero();
    }
}
