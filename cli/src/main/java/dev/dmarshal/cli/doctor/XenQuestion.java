package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.policy.XenSituation;
import dev.dmarshal.doctor.policy.XenWhatIf;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.doctor.twin.XenOwner;
import dev.dmarshal.doctor.twin.XenRules;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.version.Platform;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/**
 * What {@code what-if} was asked about Xen.
 *
 * @param parameters Xen's command line; empty for its own
 * @param owners     who is to have which device
 */
public record XenQuestion(Optional<String> parameters, Map<Sbdf, XenOwner> owners) {

    private static final Pattern OWNER = Pattern.compile("([0-9a-fA-F:.]+)=(?:(dom0|quarantine)|(hvm|pv)(?::([0-9]{1,7}))?(,relaxed)?)");

    /** Reads the options; throws a usage error for one that says nothing. */
    static XenQuestion of(ParseResult arguments) {
        CommandLine line = arguments.commandSpec().commandLine();
        Map<Sbdf, XenOwner> owners = new TreeMap<>();
        for (String text : arguments.matchedOptionValue("--owner", List.<String>of())) {
            Matcher form = OWNER.matcher(text);
            if (!form.matches() || "pv".equals(form.group(3)) && form.group(4) != null) {
                throw new CommandLine.ParameterException(line, "an owner is DEVICE=dom0, quarantine, hvm, hvm:MiB or pv, a guest's with or without ,relaxed;"
                        + " not "
                        + text);
            }
            owners.put(WhatIfCommand.address(line, form.group(1)), owner(form));
        }
        return new XenQuestion(Optional.ofNullable((String) arguments.matchedOptionValue("--xen-cmdline", null)), owners);
    }

    private static XenOwner owner(Matcher form) {
        if (form.group(2) != null) {
            return form.group(2).equals("dom0") ? new XenOwner.Dom0() : new XenOwner.Quarantine();
        }
        OptionalLong megabytes = form.group(4) == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(form.group(4)));
        return new XenOwner.Guest(form.group(3).equals("hvm"), megabytes, form.group(5) != null);
    }

    boolean empty() {
        return parameters.isEmpty() && owners.isEmpty();
    }

    /** Works it out and prints it; gives the exit code. */
    int answer(HostSurvey survey, Symptoms symptoms, boolean json, PrintWriter out, PrintWriter err) throws IOException {
        Optional<Sbdf> missing = owners.keySet().stream().filter(address -> survey.function(address).isEmpty()).findFirst();
        if (missing.isPresent()) {
            err.println("dmarshal: no function " + missing.get() + " here");
            return Exit.USAGE;
        }
        XenSituation now = XenSituation.of(survey, symptoms);
        XenSituation then = now.with(parameters.map(text -> XenRules.of(now.rules().release(), Optional.of(
                dev.dmarshal.host.params.CommandLine.parse(Platform.XEN, text)))).orElse(now.rules())).with(owners);
        XenWhatIfReport report = new XenWhatIfReport(now, then, parameters, XenWhatIf.of(now, then));
        if (json) {
            XenWhatIfJson.write(report, out);
        } else {
            new XenWhatIfText(Page.forTerminal(), report).page().print(out);
        }
        return report.exitCode(owners.keySet());
    }
}
