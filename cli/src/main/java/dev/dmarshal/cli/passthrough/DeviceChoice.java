package dev.dmarshal.cli.passthrough;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the functions that somebody named among those of a host. What fits several devices is refused, with the list of them. */
public final class DeviceChoice {

    private final HostSurvey survey;
    private final List<FunctionFacts> chosen = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /** Chooses among the functions of this host. */
    public DeviceChoice(HostSurvey survey) {
        this.survey = survey;
    }

    /** Whether a text names a device by its form, rather than a file. */
    public static boolean namesDevice(String text) {
        return !(DeviceNotation.parse(text) instanceof DeviceNotation.Refused);
    }

    /** Adds what a text names, in any notation of {@link DeviceNotation}, or the reason why it names nothing. */
    public void add(String text) {
        DeviceNotation notation = DeviceNotation.parse(text);
        if (notation instanceof DeviceNotation.Function function) {
            function(text, function);
        } else if (notation instanceof DeviceNotation.Slot slot) {
            several(text, slotFunctions(slot));
        } else if (notation instanceof DeviceNotation.XenAssignment xen) {
            several(text, slotFunctions(xen.slot()).stream().filter(facts -> xen.functions().isEmpty() || xen.functions().contains(facts.address().function()))
                    .toList());
        } else if (notation instanceof DeviceNotation.Ids ids) {
            ids(text, ids);
        } else if (notation instanceof DeviceNotation.BridgePath path) {
            path(text, path);
        } else {
            refusals.add(text + ": this names no device");
        }
    }

    private void function(String text, DeviceNotation.Function named) {
        Optional<FunctionFacts> found = survey.function(named.address());
        if (found.isEmpty()) {
            refusals.add(text + ": " + survey.source() + " has no function " + named.address());
            return;
        }
        if (named.segmentAssumed()) {
            List<Sbdf> twins = survey.functions().stream().map(FunctionFacts::address).filter(other -> other.sourceId().equals(named.address().sourceId())
                    && !other.equals(named.address())).toList();
            if (!twins.isEmpty()) {
                remarks.add(text + ": taken as " + named.address() + "; there is also " + twins.getFirst());
            }
        }
        chosen.add(found.get());
    }

    private List<FunctionFacts> slotFunctions(DeviceNotation.Slot slot) {
        return survey.functions().stream().filter(facts -> facts.address().segment() == slot.segment() && facts.address().bus() == slot.bus()
                && facts.address().device() == slot.device()).toList();
    }

    private void several(String text, List<FunctionFacts> found) {
        if (found.isEmpty()) {
            refusals.add(text + ": " + survey.source() + " has no such function");
        }
        chosen.addAll(found);
    }

    private void ids(String text, DeviceNotation.Ids ids) {
        List<FunctionFacts> found = survey.functions().stream().filter(facts -> facts.made().vendor().orElse(-1) == ids.vendor()
                && facts.made().device().orElse(-1) == ids.product()).toList();
        if (found.size() > 1) {
            refusals.add(text + ": " + found.size() + " devices have these ids; name one: " + String.join(", ", found.stream()
                    .map(facts -> facts.address() + facts.binding().driver().map(driver -> " (" + driver + ")").orElse("")).toList()));
        } else {
            several(text, found);
        }
    }

    private void path(String text, DeviceNotation.BridgePath path) {
        StringBuilder wanted = new StringBuilder(step(path.root().address()));
        path.hops().forEach(hop -> wanted.append('/').append(Integer.toHexString(0x100 | hop.device()).substring(1)).append('.').append(hop.function()));
        String root = path.root().address().toString();
        String whole = root.substring(0, root.lastIndexOf(':')) + "/" + wanted;
        several(text, survey.functions().stream().filter(facts -> survey.identity(facts.address()).path().filter(whole::equals).isPresent()).toList());
    }

    private static String step(Sbdf address) {
        return address.toString().substring(address.toString().lastIndexOf(':') + 1);
    }

    /** The functions that were named, in the order of the names. */
    public List<FunctionFacts> chosen() {
        return chosen;
    }

    /** Why some of the names gave nothing. */
    public List<String> refusals() {
        return refusals;
    }

    /** What was assumed. */
    public List<String> remarks() {
        return remarks;
    }
}
