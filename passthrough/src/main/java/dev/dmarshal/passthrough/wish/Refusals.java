package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.assign.Answer;
import dev.dmarshal.doctor.assign.Assigner;
import dev.dmarshal.doctor.assign.Reason;
import dev.dmarshal.doctor.assign.Subject;
import dev.dmarshal.doctor.assign.Weight;
import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.holders.Stake;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import dev.dmarshal.passthrough.xen.HideStrings;
import dev.dmarshal.passthrough.xen.KernelDriver;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds every reason against taking functions from the host, not the first one. Asked when a plan is made and again before it is applied. */
final class Refusals {

    /** What no force lifts: the kernel itself would refuse, or there is nothing to give. */
    private static final Set<Subject> FINAL = EnumSet.of(Subject.KIND, Subject.IOMMU, Subject.UNIT, Subject.INTERRUPTS, Subject.GROUP, Subject.RMRR,
            Subject.ASSIGNED);
    /** What is told holder by holder, with a label for each. */
    private static final Set<Subject> BY_HOLDER = EnumSet.of(Subject.HOLDERS, Subject.BLAST_RADIUS);

    private static final List<String> XENSTORE = List.of("/run/xenstored/socket", "/var/run/xenstored/socket");

    private final HostRoot host;
    private final HostSurvey survey;
    private final Assigner assigner;
    private final Optional<XenFacts> xen;
    private final List<Refusal> refusals = new ArrayList<>();

    Refusals(HostRoot host, Optional<String> session) {
        this.host = host;
        survey = Surveyor.survey(host, session);
        xen = PcibackBinding.dom0(host) ? Optional.of(XenFacts.of(host)) : Optional.empty();
        assigner = xen.map(facts -> Assigner.forXen(survey, facts)).orElseGet(() -> Assigner.forKvm(survey));
    }

    /** What was found out about the host. */
    HostSurvey survey() {
        return survey;
    }

    /**
     * All reasons against giving functions to VFIO, or on a dom0 to pciback.
     *
     * @param taken the functions that would be taken, in the order in which they would be
     */
    List<Refusal> against(Set<Sbdf> taken) {
        xen.filter(facts -> facts.assignable().isEmpty()).ifPresent(facts -> refusals.add(new Refusal("toolstack",
                "xl does not say which devices are set aside for guests: " + facts.why(), "is xenstored running, xenfs mounted on /proc/xen, and are you root?",
                false)));
        if (xen.isPresent() && host.live() && XENSTORE.stream().noneMatch(host::has)) {
            refusals.add(new Refusal("xenstored", "no xenstored answers on this host (" + String.join(", ", XENSTORE) + " are not there): xl would take the"
                    + " driver away and then wait for ever", "start xenstored; a xenstore in a domain of its own has no socket here", true));
        }
        if (xen.isPresent() && !taken.isEmpty()) {
            Optional.of(new HideStrings(host).pciback()).filter(KernelDriver::missing).ifPresent(pciback -> refusals.add(new Refusal("pciback:kernel",
                    "dom0's kernel has no pciback, which xl takes devices from: " + pciback.reasons(),
                    "a kernel built with CONFIG_XEN_PCIDEV_BACKEND, or the package with the rest of this one's modules", true)));
        }
        for (Sbdf function : taken) {
            if (there(function)) {
                verdict(function);
                overridable(function);
                together(function, taken);
            }
        }
        taken.forEach(function -> held(function, taken));
        return List.copyOf(refusals);
    }

    /** All reasons against taking the drivers of functions away for a moment: as above, without what only a guest would meet. */
    List<Refusal> againstUnbinding(Set<Sbdf> taken) {
        for (Sbdf function : taken) {
            if (there(function)) {
                together(function, taken);
            }
        }
        taken.forEach(function -> held(function, taken));
        return List.copyOf(refusals);
    }

    private boolean there(Sbdf function) {
        Optional<FunctionFacts> facts = survey.function(function);
        if (facts.isEmpty()) {
            refuse("no-device", function, "the host has no device " + function, "dmarshal survey lists the host's devices");
        } else if (facts.get().carriesOthers()) {
            refuse("bridge", function, function + " is a bridge: it carries other devices and cannot be given away", "name the devices below it");
        }
        return facts.isPresent() && !facts.get().carriesOthers();
    }

    /** Without {@code driver_override} only {@code new_id} would bind it, which takes other devices along. xl has a way of its own. */
    private void overridable(Sbdf function) {
        if (xen.isEmpty() && host.text("/sys/bus/pci/devices/" + function + "/driver_override").present().isEmpty()) {
            refuse("no-override", function, function + " has no driver_override that can be read: kernels before 3.16 have none, nor has a capture without it",
                    "a newer kernel; dmarshal does not bind by ids (new_id), which would take every device of the same make");
        }
    }

    /** What the verdict on the function has against it, but for its holders. */
    private void verdict(Sbdf function) {
        for (Reason reason : assigner.judge(function).orElseThrow().reasons()) {
            if (reason.subject() == Subject.PCIBACK) {
                continue;
            }
            boolean blocks = reason.weight() == Weight.BLOCKS;
            String words = function + ": " + reason.words() + " (" + reason.evidence() + ")";
            if (reason.subject() == Subject.HOLDERS && reason.answer() == Answer.UNMEASURED) {
                add(blocks ? "unseen" : "unseen-processes", function, words, "run it as root on the host itself", true);
            } else if (BY_HOLDER.contains(reason.subject()) || !blocks) {
                continue;
            } else if (reason.answer() == Answer.FAIL) {
                add(label(reason.subject()), function, words, way(reason.subject()), !FINAL.contains(reason.subject()));
            } else if (reason.answer() == Answer.UNMEASURED) {
                add("unmeasured-" + reason.subject().word(), function, words, "run it as root on the host itself", true);
            }
        }
    }

    private static String label(Subject subject) {
        return subject == Subject.GROUP ? "no-group" : subject.word();
    }

    private static String way(Subject subject) {
        return switch (subject) {
            case IOMMU -> "dmarshal check says why it is off; dmarshal plan --parameter intel_iommu=on plans to turn it on";
            case UNIT -> "dmarshal acpi shows what firmware says of its units; a newer firmware, or another slot";
            case INTERRUPTS -> "dmarshal check says why they are not";
            case GROUP -> "dmarshal groups shows the groups";
            case RMRR -> "end the reservation with firmware's or the vendor's settings, or give another device; no force helps, the kernel itself refuses";
            case ASSIGNED -> "dmarshal switch takes it from one guest to another; xl pci-list GUEST shows whose it is";
            case ANSWERS -> "cut its power and give it back";
            case VIRTUAL_FUNCTIONS -> "write 0 to its sriov_numvfs first, or give the virtual functions instead";
            default -> "give another device";
        };
    }

    /** With whom the function shares a group, as the running kernel has it: nothing else counts for what VFIO lets happen. */
    private void together(Sbdf function, Set<Sbdf> taken) {
        Optional<GroupMembers> group = GroupMembers.of(host, function);
        if (group.isEmpty()) {
            boolean told = refusals.stream().anyMatch(refusal -> refusal.label().equals("iommu:" + function) || refusal.label().equals("no-group:" + function));
            if (!told) {
                refuse("no-group", function, function + " is in no IOMMU group: remapping is off, or no remapping unit covers it", way(Subject.IOMMU));
            }
            return;
        }
        Set<Sbdf> missing = new LinkedHashSet<>(group.get().members());
        missing.removeAll(taken);
        missing.removeIf(other -> survey.function(other).filter(FunctionFacts::carriesOthers).isPresent());
        for (Sbdf other : missing) {
            if (!group.get().inseparable().contains(other)) {
                refusals.add(new Refusal("group:" + other, other + " is in the group " + group.get().number() + " with " + function
                        + ": nothing between the two sees to it that their traffic goes through the IOMMU. Xen lets them be separated all the same",
                        "--with " + other + " if it may go along; dmarshal groups says what merges them", true));
                continue;
            }
            List<Holder> vital = survey.holders().of(other).of(Stake.VITAL);
            refuse("group", other, other + " is in IOMMU group " + group.get().number() + " together with " + function + ", and goes where it goes",
                    vital.isEmpty() ? "--with " + other + " if it may go along; dmarshal groups says what merges them"
                            : "it may hardly go along: " + vital.getFirst().what() + "; dmarshal groups says what merges them");
        }
    }

    private void held(Sbdf function, Set<Sbdf> taken) {
        for (Holder holder : survey.holders().of(function).holders()) {
            if (holder.stake() != Stake.NOTICE) {
                add(holder.kind().word(), function, function + through(function, taken) + ": " + holder.what() + " (" + holder.evidence() + ")",
                        holder.stake() == Stake.VITAL ? "the host would stop or be cut off: move it elsewhere first" : "let go of it first", true);
            }
        }
    }

    /** Through which member of its group it would be taken. */
    private String through(Sbdf function, Set<Sbdf> taken) {
        Optional<GroupMembers> group = GroupMembers.of(host, function);
        List<String> others = group.map(members -> members.members().stream().filter(other -> !other.equals(function) && taken.contains(other))
                .map(Sbdf::toString).toList()).orElse(List.of());
        return others.isEmpty() ? "" : ", in group " + group.orElseThrow().number() + " with " + String.join(", ", others);
    }

    private void refuse(String label, Sbdf function, String reason, String way) {
        add(label, function, reason, way, false);
    }

    private void add(String label, Sbdf function, String reason, String way, boolean forcible) {
        Refusal refusal = new Refusal(label + ":" + function, reason, way, forcible);
        if (!refusals.contains(refusal)) {
            refusals.add(refusal);
        }
    }

    /** What to know although nothing speaks against it: costs, and what hangs on the functions. */
    List<String> remarks(Set<Sbdf> taken) {
        List<String> remarks = new ArrayList<>();
        for (Sbdf function : taken) {
            survey.holders().of(function).of(Stake.NOTICE).forEach(holder -> remarks.add(function + ": " + holder.what()));
            for (Reason reason : assigner.judge(function).map(verdict -> verdict.with(Answer.FAIL)).orElse(List.of())) {
                boolean bridge = reason.subject() == Subject.BLAST_RADIUS && reason.weight() == Weight.NOTES;
                if (bridge || reason.weight() != Weight.BLOCKS && reason.subject() != Subject.GROUP && !BY_HOLDER.contains(reason.subject())) {
                    remarks.add(function + ": " + reason.words());
                }
            }
        }
        return remarks;
    }
}
