package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.bind.GroupTypeSteps;
import dev.dmarshal.passthrough.bind.HostPremise;
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
        Set<Sbdf> taken = taken(wish);
        Refusals refusals = new Refusals(host, session);
        List<Refusal> found = new ArrayList<>(refusals.against(taken));
        BootSteps lasting = new BootSteps(host, boot, taken);
        Draft later = new Draft();
        lasting.add(later.steps, later.goal);
        lasting.objections().stream().map(Planner::refusal).forEach(found::add);
        Optional<GuestSteps> plug = wish.guest().map(guest -> new GuestSteps(guest, wish.plug(), guests.to(guest).layout(), wish.devices()));
        plug.ifPresent(steps -> found.addAll(steps.refusals()));
        if (wish.boundByLibvirt()) {
            found.addAll(GuestSteps.againstManaged(host, wish.devices()));
        }
        Optional<XlConfigStep.Made> config = wish.plug().config().map(path -> XlConfigStep.of(host, path, wish.devices(), wish.plug().options()));
        config.ifPresent(made -> found.addAll(made.refusals()));
        Forced forced = new Forced(wish.forced(), found);
        if (!forced.standing().isEmpty()) {
            return new Answer.Refused(forced.standing(), forced.remarks());
        }
        Draft draft = new Draft();
        config.flatMap(XlConfigStep.Made::step).ifPresent(step -> step.add(draft.steps, draft.goal));
        bind(draft, wish, taken);
        plug.ifPresent(guest -> guest.add(draft.steps, draft.goal, Optional.of(host), wish.devices()));
        later.steps.steps().forEach(draft.steps::append);
        draft.goal.addAll(later.goal);
        List<String> remarks = new ArrayList<>(refusals.remarks(taken));
        remarks.addAll(lasting.remarks());
        plug.ifPresent(guest -> remarks.addAll(guest.remarks()));
        config.ifPresent(made -> remarks.addAll(made.remarks()));
        remarks.addAll(forced.remarks());
        return new Answer.Ready(plan(title(wish, boot, taken), taken, forced.lifted(), draft), remarks);
    }

    private static Set<Sbdf> taken(Wish wish) {
        return new LinkedHashSet<>(wish.taken());
    }

    /** The steps that take functions from the host, but for those that libvirt takes itself. */
    private void bind(Draft draft, Wish wish, Set<Sbdf> taken) {
        boolean xen = PcibackBinding.dom0(host);
        if (xen && !taken.isEmpty()) {
            PcibackBinding.addModule(draft.steps, host);
        } else if (!taken.isEmpty()) {
            VfioBinding.addModule(draft.steps, host);
        }
        for (Sbdf function : taken) {
            if (xen) {
                PcibackBinding.addFunction(draft.steps, host, function);
                draft.goal.addAll(PcibackBinding.bound(function));
            } else if (!(wish.boundByLibvirt() && wish.devices().contains(function))) {
                VfioBinding.addFunction(draft.steps, host, function);
                draft.goal.addAll(VfioBinding.bound(host, function));
            }
        }
    }

    private String title(Wish wish, BootWish boot, Set<Sbdf> taken) {
        String give = "give " + names(taken) + " to " + wish.guest().map(guest -> "guest " + guest.name())
                .orElse(PcibackBinding.dom0(host) ? PcibackBinding.DRIVER : "vfio-pci") + (boot.bind() ? ", also at each boot" : "");
        String put = boot.parameters().isEmpty() ? "" : "put " + String.join(" ", boot.parameters()) + " on the kernel's command line";
        return taken.isEmpty() ? put : put.isEmpty() ? give : give + "; " + put;
    }

    /**
     * A plan that gives a group's default domain another type, with the group's drivers taken away for that moment.
     *
     * @param wish members of one group: all of it that is no bridge, by name
     * @param type one of {@link GroupTypeSteps#TYPES}
     */
    public Answer groupType(Wish wish, String type) {
        Set<Sbdf> taken = taken(wish);
        List<Refusal> found = new ArrayList<>(new Refusals(host, session).againstUnbinding(taken));
        Set<String> groups = new LinkedHashSet<>();
        taken.forEach(function -> GroupMembers.of(host, function).ifPresent(group -> groups.add(group.number())));
        if (groups.size() > 1) {
            found.add(new Refusal("group-type:" + taken.iterator().next(), names(taken) + " are in groups " + String.join(", ", groups),
                    "a plan for each group", false));
        }
        Forced forced = new Forced(wish.forced(), found);
        if (!forced.standing().isEmpty()) {
            return new Answer.Refused(forced.standing(), forced.remarks());
        }
        GroupTypeSteps change = new GroupTypeSteps(host, groups.iterator().next(), type);
        Optional<String> objection = change.objection();
        if (objection.isPresent()) {
            return new Answer.Refused(List.of(new Refusal("group-type:" + taken.iterator().next(), objection.get(), "dmarshal doctor names other ways",
                    false)));
        }
        Draft draft = new Draft();
        change.add(draft.steps, List.copyOf(taken));
        draft.goal.add(change.goal());
        List<String> remarks = new ArrayList<>(change.remarks());
        remarks.addAll(forced.remarks());
        return new Answer.Ready(plan("make group " + groups.iterator().next() + " of type " + type, taken, forced.lifted(), draft), remarks);
    }

    /** A plan in the making. */
    private static final class Draft {
        private final StepList steps = new StepList();
        private final List<Condition> goal = new ArrayList<>();
    }

    private Plan plan(String title, Set<Sbdf> taken, Set<String> forced, Draft draft) {
        List<Condition> premises = new ArrayList<>(HostPremise.of(host));
        taken.forEach(function -> premises.addAll(VfioBinding.premises(host, function)));
        List<Step> steps = draft.steps.steps();
        return new Plan(Plan.FORMAT, Plan.idOf(title, steps, premises), title, taken.stream().map(Sbdf::toString).toList(), forced.stream().sorted().toList(),
                premises, steps, draft.goal, new RequesterReport(host).of(taken));
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
        return new Forced(Set.copyOf(plan.forced()), gives ? refusals.against(taken) : refusals.againstUnbinding(taken)).standing();
    }
}
