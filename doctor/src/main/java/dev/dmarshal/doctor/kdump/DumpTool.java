package dev.dmarshal.doctor.kdump;

import dev.dmarshal.host.HostRoot;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program that loads the crash kernel, and what it is told about the crash kernel's command line.
 *
 * @param name    for people
 * @param path    of its configuration
 * @param enabled whether its configuration lets it work; empty if the configuration does not say
 * @param whole   the crash kernel's command line, if it is given as a whole
 * @param remove  words taken away from the running kernel's command line; empty if the configuration says nothing
 * @param append  words put behind; empty if the configuration leaves them to the program
 */
record DumpTool(String name, String path, Optional<Boolean> enabled, Optional<String> whole, Optional<String> remove, Optional<String> append) {

    private static final String DEBIAN = "/etc/default/kdump-tools";
    private static final String SYSCONFIG = "/etc/sysconfig/kdump";
    private static final String RED_HAT = "/etc/kdump.conf";

    /** Looks for the configurations of Debian's kdump-tools, of Red Hat's kexec-tools and of SUSE's kdump. */
    static Optional<DumpTool> of(HostRoot host) {
        Optional<String> debian = host.text(DEBIAN).present();
        if (debian.isPresent()) {
            Optional<Boolean> use = value(debian.get(), "USE_KDUMP").map(text -> !text.equals("0"));
            return Optional.of(new DumpTool("kdump-tools (Debian, Ubuntu)", DEBIAN, use, value(debian.get(), "KDUMP_CMDLINE"), Optional.empty(),
                    value(debian.get(), "KDUMP_CMDLINE_APPEND")));
        }
        Optional<String> sysconfig = host.text(SYSCONFIG).present();
        boolean redHat = host.text(RED_HAT).present().isPresent();
        if (sysconfig.isEmpty()) {
            return redHat ? Optional.of(new DumpTool("kexec-tools (Red Hat)", RED_HAT, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
                    : Optional.empty();
        }
        return Optional.of(new DumpTool(redHat ? "kexec-tools (Red Hat)" : "kdump (SUSE)", SYSCONFIG, Optional.empty(),
                value(sysconfig.get(), "KDUMP_COMMANDLINE").filter(text -> !text.isBlank()), value(sysconfig.get(), "KDUMP_COMMANDLINE_REMOVE"),
                value(sysconfig.get(), "KDUMP_COMMANDLINE_APPEND").filter(text -> redHat || !text.isBlank())));
    }

    /** The last assignment to a variable that is no comment. */
    private static Optional<String> value(String text, String variable) {
        Matcher line = Pattern.compile("^[ \\t]*" + variable + "=(\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s#]*)", Pattern.MULTILINE).matcher(text);
        Optional<String> last = Optional.empty();
        while (line.find()) {
            String word = line.group(1);
            boolean quoted = word.length() >= 2 && (word.startsWith("\"") || word.startsWith("'"));
            last = Optional.of(quoted ? word.substring(1, word.length() - 1) : word);
        }
        return last;
    }
}
