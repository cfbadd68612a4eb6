package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Condition;
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
    private final Guests guests;

    /**
     * @param host    the host that the plan is for
     * @param session {@code SSH_CONNECTION} of the session that asks, so that it does not cut itself off
     */
    public Planner(HostRoot host, Optional<String> session) {
        this(host, session, Guests.ofFiles(host));
    }

    /**
     * @param host    the host that the plan is for
     * @param session {@code SSH_CONNECTION} of the session that asks, so that it does not cut itself off
     * @param guests  ways to its guests, whose slots are looked at
     */
    public Planner(HostRoot host, Optional<String> session, Guests guests) {
        this.host = host;
        this.session = session;
        this.guests = guests;
    }

    /** A plan, or every reason why there is none. */
    public Answer answer(Wish wish) {
        Set<Sbdf> taken = new LinkedHashSet<>(wish.devices());
        wish.with().stream().sorted().forEach(taken::add);
        Refusals refusals = new Refusals(host, session);
        List<Refusal> standing = new ArrayList<>(refusals.against(taken, wish.forced()));
        Optional<GuestSteps> plug = wish.guest().map(guest -> new GuestSteps(guest, wish.plug(), guests.to(guest).layout(), wish.devices()));
        plug.ifPresent(steps -> standing.addAll(steps.refusals(wish.forced())));
        if (wish.boundByLibvirt()) {
            GuestSteps.againstManaged(host, wish.devices()).stream().filter(refusal -> !wish.forced().contains(refusal.label())).forEach(standing::add);
        }
        if (!standing.isEmpty()) {
            return new Answer.Refused(standing);
        }
        StepList steps = new StepList();
        VfioBinding.addModule(steps, host);
        List<Condition> premises = new ArrayList<>();
        List<Condition> goal = new ArrayList<>();
        for (Sbdf function : taken) {
            premises.addAll(VfioBinding.premises(host, function));
            if (!(wish.boundByLibvirt() && wish.devices().contains(function))) {
                VfioBinding.addFunction(steps, host, function);
                goal.addAll(VfioBinding.bound(host, function));
            }
        }
        plug.ifPresent(guest -> guest.add(steps, goal, Optional.of(host), wish.devices()));
        List<String> names = taken.stream().map(Sbdf::toString).toList();
        String title = "give " + String.join(", ", names) + " to " + wish.guest().map(guest -> "guest " + guest.name()).orElse("vfio-pci");
        List<String> remarks = new ArrayList<>(refusals.remarks(taken));
        plug.ifPresent(guest -> remarks.addAll(guest.remarks()));
        String id = Condition.Digest.of(title + steps.steps() + premises).substring(0, 12);
        return new Answer.Ready(new Plan(Plan.FORMAT, id, title, names, List.copyOf(wish.forced()), premises, steps.steps(), goal), remarks);
    }

    /** Every reason against applying a plan now: the same questions as when it was made, with today's holders. */
    public List<Refusal> objections(Plan plan) {
        Set<Sbdf> taken = new LinkedHashSet<>();
        plan.devices().forEach(name -> DeviceNotation.parse(name).function().ifPresent(taken::add));
        // A plan that only moves devices between guests takes none from the host.
        return taken.isEmpty() ? List.of() : new Refusals(host, session).against(taken, Set.copyOf(plan.forced()));
    }
}
