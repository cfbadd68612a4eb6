package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.XenVersion;
import dev.dmarshal.passthrough.xen.ConfigReview;
import dev.dmarshal.passthrough.xen.DeviceModel;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import dev.dmarshal.passthrough.xen.XlConfig;
import dev.dmarshal.passthrough.xen.XlSyntaxException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal slots}: reads the devices of a Xen guest's configuration, and says where the guest will see each. */
public final class SlotsCommand implements Command {

    /** The oldest release whose rules still hold: slots as since 4.3, entries as its xl reads them. */
    private static final Release TODAY = new Release(4, 15, 0);

    @Override
    public String name() {
        return "slots";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Reads the devices of a Xen guest's configuration, in every notation that xm and xl have had, and says in which"
                + " virtual slot the guest sees each by the rules of that Xen, what does not fit, and what xl would refuse. Changes nothing.");
        spec.addOption(OptionSpec.builder("--xen").paramLabel("VERSION").type(String.class)
                .description("By this Xen's rules, such as 3.3 or 4.17 (default: this host's; without Xen, those since 4.15).").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/slots-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("FILE|ENTRY").arity("1..*").required(true).type(List.class).auxiliaryTypes(String.class)
                .description("A guest's xl.cfg, whose list pci = [ ... ] is read; or an entry of such a list, such as 01:00.0,1@5=0,1 or '00:1a.*@6'.")
                .build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        HostRoot host = HostRoot.ofThisMachine();
        Optional<Release> here = PcibackBinding.dom0(host) ? XenFacts.of(host).version().map(XenVersion::release) : Optional.empty();
        String asked = arguments.matchedOptionValue("--xen", "");
        Optional<Release> wanted = asked.isEmpty() ? here : Release.parse(asked);
        if (!asked.isEmpty() && wanted.isEmpty()) {
            throw GuestArguments.usage(arguments, "--xen takes a version such as 4.17, not " + asked);
        }
        List<String> entries = new ArrayList<>();
        Optional<XlConfig> config = Optional.empty();
        for (String word : arguments.matchedPositionalValue(0, List.<String>of())) {
            if (word.isBlank() || !word.contains("/") && !Files.exists(Path.of(word))) {
                entries.add(word);
                continue;
            }
            if (config.isPresent()) {
                throw GuestArguments.usage(arguments, "a guest has one configuration: name one file at a time");
            }
            try {
                config = Optional.of(XlConfig.parse(Files.readString(Path.of(word))));
                entries.addAll(config.get().entries());
            } catch (XlSyntaxException e) {
                err.println("dmarshal: " + word + ": " + e.getMessage());
                return Exit.FINDINGS;
            } catch (IOException e) {
                throw PlanFile.named(Path.of(word), e);
            }
        }
        Release release = wanted.orElse(TODAY);
        DeviceModel model = config.map(read -> DeviceModel.of(read, release)).orElseGet(DeviceModel::usual);
        ConfigReview review = ConfigReview.of(release, model, entries, host);
        SlotsReport report = new SlotsReport(review);
        if (arguments.matchedOptionValue("--json", false)) {
            report.writeJson(out);
        } else {
            Page page = Page.forTerminal();
            report.write(page, wanted.isPresent());
            page.print(out);
        }
        return review.fine() ? Exit.FINE : Exit.FINDINGS;
    }
}
