package dev.dmarshal.passthrough.wish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.Standing;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.libvirt.FakeLibvirt.Manner;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import dev.dmarshal.passthrough.plan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans that give devices to guests of libvirt, move them, and take them out around a migration. */
class GuestPlansTest {

    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final Sbdf DISK = new Sbdf(0, 2, 0, 0);
    private static final Guest WEB = new Guest("libvirt", "web");
    private static final Guest MAIL = new Guest("libvirt", "mail");
    private static final Guest OFF = new Guest("libvirt", "off");
    private static final Path MEMORY = Path.of("/var/lib/dmarshal/migration-libvirt-web.json");

    @TempDir
    Path temporary;
    private FakeHost host;
    private Passthrough passthrough;

    @BeforeEach
    void fresh() {
        host = new FakeHost(temporary.resolve("host")).function(NIC.toString(), 1, "e1000e").function(DISK.toString(), 2, "e1000e");
        host.libvirt.guest("web", true).guest("mail", true).guest("off", false);
        passthrough = new Passthrough(host, new JournalFolder(temporary.resolve("journals")), Optional.empty());
    }

    @Test
    void libvirtBindsAManagedDeviceItself() throws IOException {
        Plan plan = ready(wish(WEB, new Plug(true, false, 5, Map.of()), NIC));
        assertThat(plan.steps()).extracting(Step::title).containsExactly("plug " + NIC + " into web, where it is 0000:01:00.0");
        assertThat(plan.steps().getFirst().after()).contains(new Condition.Link("/sys/bus/pci/devices/" + NIC + "/driver", "vfio-pci"));
        assertThat(plan.steps().getFirst().limitSeconds()).isEqualTo(5);
        assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
        assertThat(apply(plan)).isEqualTo(new Outcome.Applied());
        assertThat(undo(plan)).isEqualTo(new Outcome.Undone(""));
        assertThat(host.look(new Condition.GuestHas(WEB, NIC.toString(), false)).holds()).isTrue();
    }

    @Test
    void withoutManagedThePlanBinds() {
        Plan plan = ready(wish(WEB, new Plug(false, false, 5, Map.of()), NIC));
        assertThat(plan.steps()).extracting(Step::title).containsExactly("take " + NIC + " from e1000e", "let only vfio-pci have " + NIC,
                "give " + NIC + " to vfio-pci", "plug " + NIC + " into web, where it is 0000:01:00.0");
        assertThat(((Action.Attach) plan.steps().getLast().action()).options().get("xml")).contains("managed='no'");
    }

    @Test
    void aGuestThatIsOffGetsItAtItsNextStart() throws IOException {
        Plan plan = ready(wish(OFF, new Plug(true, false, 5, Map.of()), NIC));
        assertThat(plan.steps()).singleElement().satisfies(step -> assertThat(step.persistent()).isTrue());
        assertThat(apply(plan)).isEqualTo(new Outcome.Applied());
        assertThat(host.look(new Condition.GuestKeeps(OFF, NIC.toString(), true)).holds()).isTrue();
        assertThat(undo(plan)).isEqualTo(new Outcome.Undone(""));
        assertThat(host.look(new Condition.GuestKeeps(OFF, NIC.toString(), false)).holds()).isTrue();
    }

    @Test
    void lastingIsBothNowAndThen() throws IOException {
        Plan plan = ready(wish(WEB, new Plug(true, true, 5, Map.of()), NIC));
        assertThat(plan.goal()).containsExactly(new Condition.GuestKeeps(WEB, NIC.toString(), true), new Condition.GuestHas(WEB, NIC.toString(), true));
        assertThat(apply(plan)).isEqualTo(new Outcome.Applied());
    }

    @Test
    void reasonsThatTheGuestGives() throws IOException {
        host.function("0000:03:00.0", 3, "e1000e");
        Sbdf third = new Sbdf(0, 3, 0, 0);
        assertThat(labels(passthrough.plan(wish(WEB, usual(), NIC, DISK, third)))).containsExactly("no-slot:web");
        assertThat(labels(passthrough.plan(wish(new Guest("libvirt", "nobody"), usual(), NIC)))).containsExactly("guest:nobody");
        apply(ready(wish(WEB, usual(), NIC)));
        assertThat(labels(passthrough.plan(wish(WEB, usual(), NIC)))).containsExactly("in-guest:" + NIC);
        host.put("sys/bus/pci/devices/" + DISK + "/driver_override", "mine\n");
        assertThat(labels(passthrough.plan(wish(WEB, usual(), DISK)))).containsExactly("managed-override:" + DISK);
    }

    @Test
    void aGuestThatDoesNotLetGoKeepsIt() throws IOException {
        Plan plan = ready(wish(WEB, new Plug(true, false, 1, Map.of()), NIC));
        apply(plan);
        host.libvirt.manner(Manner.REFUSES);
        assertThat(undo(plan)).isInstanceOfSatisfying(Outcome.Stuck.class, stuck -> assertThat(stuck.reason()).contains("could not be taken back"));
        host.libvirt.manner(Manner.LETS_GO);
        assertThat(undo(plan)).isEqualTo(new Outcome.Undone(""));
    }

    @Test
    void fromGuestToGuestAndBack() throws IOException {
        apply(ready(wish(WEB, usual(), NIC)));
        Plan move = ready(moves().move(List.of(NIC), WEB, MAIL));
        assertThat(apply(move)).isEqualTo(new Outcome.Applied());
        assertThat(has(MAIL)).isTrue();
        assertThat(has(WEB)).isFalse();
        assertThat(undo(move)).isEqualTo(new Outcome.Undone(""));
        assertThat(has(WEB)).isTrue();
        assertThat(labels(moves().move(List.of(DISK), WEB, MAIL))).containsExactly("not-in-guest:" + DISK);
        assertThat(labels(moves().move(List.of(NIC), WEB, WEB))).contains("same-guest:web");
        assertThat(labels(moves().move(List.of(NIC), WEB, OFF))).containsExactly("not-running:off");
    }

    @Test
    void whatWasMovedOnIsNotTakenBackUnderItsNewGuest() throws IOException {
        Plan give = ready(wish(WEB, usual(), NIC));
        apply(give);
        assertThat(passthrough.overtakenBy(passthrough.standing(give.id()).orElseThrow())).isEmpty();
        Plan move = ready(moves().move(List.of(NIC), WEB, MAIL));
        apply(move);
        assertThat(passthrough.overtakenBy(passthrough.standing(give.id()).orElseThrow())).map(Standing::id).contains(move.id());
        for (Outcome refused : List.of(undo(give), passthrough.resume(give.id(), _ -> {
        }))) {
            assertThat(refused).isInstanceOfSatisfying(Outcome.Refused.class, why -> assertThat(why.reasons().getFirst()).contains("dmarshal undo "
                    + move.id()));
        }
        assertThat(has(MAIL)).isTrue();
        assertThat(passthrough.objections(give)).anyMatch(objection -> objection.contains("is applied already") && objection.contains("no longer holds"));
        assertThat(undo(move)).isEqualTo(new Outcome.Undone(""));
        assertThat(passthrough.overtakenBy(passthrough.standing(give.id()).orElseThrow())).isEmpty();
        assertThat(undo(give)).isEqualTo(new Outcome.Undone(""));
        assertThat(has(WEB)).isFalse();
    }

    @Test
    void aPlanThatWasEditedIsNotTheOneOfItsId() {
        Plan plan = ready(wish(WEB, usual(), NIC));
        assertThat(plan.edited()).isFalse();
        String json = PlanJson.write(plan);
        assertThat(PlanJson.read(json).edited()).isFalse();
        assertThat(PlanJson.read(json.replace("managed='yes'", "managed='no'")).edited()).isTrue();
    }

    @Test
    void whatTheOtherGuestDoesNotTakeGoesBack() throws IOException {
        apply(ready(wish(WEB, usual(), NIC)));
        host.libvirt.full("mail");
        assertThat(apply(ready(moves().move(List.of(NIC), WEB, MAIL)))).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason())
                .contains("No more available PCI slots"));
        assertThat(has(WEB)).isTrue();
    }

    @Test
    void outForTheMigrationAndBackIn() throws IOException {
        apply(ready(wish(WEB, usual(), NIC, DISK)));
        Plan prepare = ready(moves().prepare(WEB, MEMORY));
        assertThat(apply(prepare)).isEqualTo(new Outcome.Applied());
        assertThat(has(WEB)).isFalse();
        assertThat(labels(moves().prepare(WEB, MEMORY))).containsExactlyInAnyOrder("no-devices:web", "prepared:web");
        Plan finish = ready(moves().finish(WEB, MEMORY));
        assertThat(apply(finish)).isEqualTo(new Outcome.Applied());
        assertThat(has(WEB)).isTrue();
        assertThat(host.root().has(MEMORY.toString())).isFalse();
        assertThat(labels(moves().finish(WEB, MEMORY))).containsExactly("not-prepared:web");
    }

    @Test
    void aGuestThatDoesNotLetGoIsNotPrepared() throws IOException {
        apply(ready(wish(WEB, usual(), NIC)));
        host.libvirt.manner(Manner.SILENT);
        assertThat(apply(ready(moves().prepare(WEB, MEMORY)))).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason())
                .contains("may still do so"));
        assertThat(host.root().has(MEMORY.toString())).isFalse();
        assertThat(has(WEB)).isTrue();
    }

    @Test
    void aSpoiltMemoryIsAReason() {
        host.put(MEMORY.toString().substring(1), "{\"format\": 2}");
        assertThat(labels(moves().finish(WEB, MEMORY))).containsExactly("memory:web");
    }

    private boolean has(Guest guest) {
        return host.look(new Condition.GuestHas(guest, NIC.toString(), true)).holds();
    }

    private GuestMoves moves() {
        return new GuestMoves(host.root(), host.guests(), 1);
    }

    private static Plug usual() {
        return new Plug(true, false, 1, Map.of());
    }

    private static Wish wish(Guest guest, Plug plug, Sbdf... devices) {
        // The fake has its guests' side only; what cannot be seen of the rest is lifted by name.
        Set<String> forced = Stream.of(devices).flatMap(device -> Stream.of("unmeasured-interrupts:", "unmeasured-rmrr:", "unseen:", "unseen-processes:")
                .map(label -> label + device)).collect(Collectors.toSet());
        return new Wish(List.of(devices), Set.of(), Optional.of(guest), plug, forced);
    }

    private Plan ready(Wish wish) {
        return ready(passthrough.plan(wish));
    }

    private static Plan ready(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Ready.class);
        return ((Answer.Ready) answer).plan();
    }

    private static List<String> labels(Answer answer) {
        return answer instanceof Answer.Refused refused ? refused.refusals().stream().map(Refusal::label).toList() : Stream.of("ready").toList();
    }

    private Outcome apply(Plan plan) throws IOException {
        return passthrough.apply(plan, _ -> {
        });
    }

    private Outcome undo(Plan plan) throws IOException {
        return passthrough.undo(plan.id(), _ -> {
        });
    }
}
