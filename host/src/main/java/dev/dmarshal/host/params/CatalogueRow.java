package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;
import java.util.Optional;

/**
 * One reviewed fact: a row of {@code parameters.txt}.
 *
 * @param platform who reads the parameter
 * @param name the parameter
 * @param form the form of its values, as the table writes it
 * @param releases which releases have it
 * @param slip whether it is a known slip of the pen, which nothing ever reads
 * @param sets the switch and value that it sets, {@code vtd=on}
 * @param protection what it does to protection
 * @param narrower a row's key or a sentence: a smaller way to the same end, or for what does nothing, what was probably meant
 * @param effect what it does, in a sentence or two
 * @param source files, commits or documents, with the releases in which they were read
 */
public record CatalogueRow(Platform platform, String name, String form, VersionRange releases, boolean slip, Optional<String> sets,
                           Protection protection, Optional<String> narrower, String effect, String source) {

    /** What other rows call it: {@code linux:iommu=pt^}. */
    public String key() {
        return platform.name().toLowerCase(java.util.Locale.ROOT) + ":" + name + "=" + form;
    }

    /** The token as a person would write it: {@code iommu=pt}. */
    public String written() {
        return ValueForm.parse(platform, form).example().map(value -> name + "=" + value).orElse("-".equals(form) ? name : name + "=…");
    }

    ValueForm valueForm() {
        return ValueForm.parse(platform, form);
    }
}
