package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes plans for KVM: bind the whole group to vfio-pci, then plug what was asked for into the guest. Reads the host, changes nothing. */
public final class Planner {

    private final HostRoot host;
    private final Optional<String> session;

    /**
     * @param host    the host that the plan is for
     * @param session {@code SSH_CONNECTION} of the session that asks, so that it does not cut itself off
     */
    public Planner(HostRoot host, Optional<String> session) {
        this.host = host;
        this.session = session;
    }

    /** A plan, or every reason why there is none. */
    public Answer answer(Wish wish) {
        Set<Sbdf> taken = new LinkedHashSet<>(wish.devices());
        wish.with().stream().sorted().forEach(taken::add);
        Refusals refusals = new Refusals(host, session);
        List<Refusal> standing = refusals.against(taken, wish.forced());
        if (!standing.isEmpty()) {
            return new Answer.Refused(standing);
        }
        StepList steps = new StepList();
        VfioBinding.addModule(steps, host);
        List<Condition> premises = new ArrayList<>();
        List<Condition> goal = new ArrayList<>();
        for (Sbdf function : taken) {
            premises.addAll(VfioBinding.premises(host, function));
            VfioBinding.addFunction(steps, host, function);
            goal.addAll(VfioBinding.bound(host, function));
        }
        wish.guest().ifPresent(guest -> plug(steps, goal, wish, guest));
        List<String> names = taken.stream().map(Sbdf::toString).toList();
        String title = "give " + String.join(", ", names) + " to " + wish.guest().map(guest -> "guest " + guest.name()).orElse("vfio-pci");
        String id = Condition.Digest.of(title + steps.steps() + premises).substring(0, 12);
        return new Answer.Ready(new Plan(Plan.FORMAT, id, title, names, List.copyOf(wish.forced()), premises, steps.steps(), goal), refusals.remarks(taken));
    }

    /** Every reason against applying a plan now: the same questions as when it was made, with today's holders. */
    public List<Refusal> objections(Plan plan) {
        Set<Sbdf> taken = new LinkedHashSet<>();
        plan.devices().forEach(name -> DeviceNotation.parse(name).function().ifPresent(taken::add));
        return new Refusals(host, session).against(taken, Set.copyOf(plan.forced()));
    }

    private static void plug(StepList steps, List<Condition> goal, Wish wish, Guest guest) {
        for (Sbdf function : wish.devices()) {
            String name = function.toString();
            steps.about("/sys/bus/pci/devices/" + name);
            steps.add("plug " + name + " into " + guest.name(), List.of(new Condition.GuestHas(guest, name, false)),
                    new Action.Attach(guest, name, wish.options()), List.of(new Condition.GuestHas(guest, name, true)),
                    List.of(new Action.Detach(guest, name)));
            goal.add(new Condition.GuestHas(guest, name, true));
        }
    }
}
