package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.bind.GroupTypeSteps;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.boot.BootSteps;
import dev.dmarshal.passthrough.boot.BootWish;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.Step;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes plans: bind the whole group to {@code vfio-pci}, or on a dom0 of Xen to {@code pciback}, then plug what was asked for into the guest. Reads the host,
 * changes nothing.
 */
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
        return answer(wish, BootWish.NONE);
    }

    /** The same, with what is to outlast a restart of the host; then the wish may be for no device at all. */
    public Answer answer(Wish wish, BootWish boot) {
        Set<Sbdf> taken = new LinkedHashSet<>(wish.devices());
        wish.with().stream().sorted().forEach(taken::add);
        Refusals refusals = new Refusals(host, session);
        List<Refusal> standing = new ArrayList<>(refusals.against(taken, wish.forced()));
        BootSteps lasting = new BootSteps(host, boot, taken);
        StepList lastingSteps = new StepList();
        List<Condition> lastingGoal = new ArrayList<>();
        lasting.add(lastingSteps, lastingGoal);
        lasting.objections().stream().map(Planner::refusal).filter(refusal -> !(refusal.forcible() && wish.forced().contains(refusal.label())))
                .forEach(standing::add);
        Optional<GuestSteps> plug = wish.guest().map(guest -> new GuestSteps(guest, wish.plug(), guests.to(guest).layout(), wish.devices()));
        plug.ifPresent(steps -> standing.addAll(steps.refusals(wish.forced())));
        if (wish.boundByLibvirt()) {
            GuestSteps.againstManaged(host, wish.devices()).stream().filter(refusal -> !wish.forced().contains(refusal.label())).forEach(standing::add);
        }
        Optional<XlConfigStep.Made> config = wish.plug().config().map(path -> XlConfigStep.of(host, path, wish.devices(), wish.plug().options()));
        config.flatMap(XlConfigStep.Made::refusal).ifPresent(standing::add);
        boolean xen = PcibackBinding.dom0(host);
        if (!standing.isEmpty()) {
            return new Answer.Refused(standing);
        }
        StepList steps = new StepList();
        List<Condition> goal = new ArrayList<>();
        config.flatMap(XlConfigStep.Made::step).ifPresent(step -> step.add(steps, goal));
        if (xen && !taken.isEmpty()) {
            PcibackBinding.addModule(steps, host);
        } else if (!taken.isEmpty()) {
            VfioBinding.addModule(steps, host);
        }
        List<Condition> premises = new ArrayList<>();
        for (Sbdf function : taken) {
            premises.addAll(VfioBinding.premises(host, function));
            if (xen) {
                PcibackBinding.addFunction(steps, host, function);
                goal.addAll(PcibackBinding.bound(function));
            } else if (!(wish.boundByLibvirt() && wish.devices().contains(function))) {
                VfioBinding.addFunction(steps, host, function);
                goal.addAll(VfioBinding.bound(host, function));
            }
        }
        plug.ifPresent(guest -> guest.add(steps, goal, Optional.of(host), wish.devices()));
        lastingSteps.steps().forEach(steps::append);
        goal.addAll(lastingGoal);
        List<String> remarks = new ArrayList<>(refusals.remarks(taken));
        remarks.addAll(lasting.remarks());
        plug.ifPresent(guest -> remarks.addAll(guest.remarks()));
        String give = "give " + names(taken) + " to " + wish.guest().map(guest -> "guest " + guest.name())
                .orElse(xen ? PcibackBinding.DRIVER : "vfio-pci") + (boot.bind() ? ", also at each boot" : "");
        String put = boot.parameters().isEmpty() ? "" : "put " + String.join(" ", boot.parameters()) + " on the kernel's command line";
        String title = taken.isEmpty() ? put : put.isEmpty() ? give : give + "; " + put;
        return new Answer.Ready(plan(title, taken, wish.forced(), new Parts(premises, steps.steps(), goal)), remarks);
    }

    /**
     * A plan that gives a group's default domain another type, with the group's drivers taken away for that moment.
     *
     * @param wish members of one group: all of it that is no bridge, by name
     * @param type one of {@link GroupTypeSteps#TYPES}
     */
    public Answer groupType(Wish wish, String type) {
        Set<Sbdf> taken = new LinkedHashSet<>(wish.devices());
        wish.with().stream().sorted().forEach(taken::add);
        Refusals refusals = new Refusals(host, session);
        List<Refusal> standing = new ArrayList<>(refusals.againstUnbinding(taken, wish.forced()));
        Set<String> groups = new LinkedHashSet<>();
        taken.forEach(function -> GroupMembers.of(host, function).ifPresent(group -> groups.add(group.number())));
        if (groups.size() > 1) {
            standing.add(new Refusal("group-type:" + taken.iterator().next(), names(taken) + " are in groups " + String.join(", ", groups),
                    "a plan for each group", false));
        }
        if (!standing.isEmpty()) {
            return new Answer.Refused(standing);
        }
        GroupTypeSteps change = new GroupTypeSteps(host, groups.iterator().next(), type);
        Optional<String> objection = change.objection();
        if (objection.isPresent()) {
            return new Answer.Refused(List.of(new Refusal("group-type:" + taken.iterator().next(), objection.get(), "dmarshal doctor names other ways",
                    false)));
        }
        StepList steps = new StepList();
        change.add(steps, List.copyOf(taken));
        List<Condition> premises = new ArrayList<>();
        taken.forEach(function -> premises.addAll(VfioBinding.premises(host, function)));
        Parts parts = new Parts(premises, steps.steps(), List.of(change.goal()));
        return new Answer.Ready(plan("make group " + groups.iterator().next() + " of type " + type, taken, wish.forced(), parts), change.remarks());
    }

    private record Parts(List<Condition> premises, List<Step> steps, List<Condition> goal) {
    }

    private Plan plan(String title, Set<Sbdf> taken, Set<String> forced, Parts parts) {
        String id = Plan.idOf(title, parts.steps(), parts.premises());
        return new Plan(Plan.FORMAT, id, title, taken.stream().map(Sbdf::toString).toList(), forced.stream().sorted().toList(), parts.premises(), parts.steps(),
                parts.goal(), new RequesterReport(host).of(taken));
    }

    private static String names(Set<Sbdf> functions) {
        return String.join(", ", functions.stream().map(Sbdf::toString).toList());
    }

    private static Refusal refusal(BootSteps.Objection objection) {
        return new Refusal(objection.label() + ":" + objection.about(), objection.reason(), objection.way(), objection.forcible());
    }

    /** Every reason against applying a plan now: the same questions as when it was made, with today's holders. */
    public List<Refusal> objections(Plan plan) {
        Set<Sbdf> taken = new LinkedHashSet<>();
        plan.devices().forEach(name -> DeviceNotation.parse(name).function().ifPresent(taken::add));
        if (taken.isEmpty()) {
            // It moves devices between guests and takes none from the host.
            return List.of();
        }
        Refusals refusals = new Refusals(host, session);
        // A plan that gives nothing to VFIO or pciback only takes drivers away for a moment.
        boolean gives = plan.goal().stream().anyMatch(condition -> condition instanceof Condition.VfioNodes || condition instanceof Condition.GuestHas
                || condition instanceof Condition.GuestKeeps || condition instanceof Condition.Link link && link.name().equals(PcibackBinding.DRIVER));
        return gives ? refusals.against(taken, Set.copyOf(plan.forced())) : refusals.againstUnbinding(taken, Set.copyOf(plan.forced()));
    }
}
