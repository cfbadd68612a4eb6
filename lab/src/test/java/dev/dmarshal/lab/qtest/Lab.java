package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.setup.Stock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Whether tests that need QEMU run: system property {@code lab}, one of off, auto (the default) and required. */
public final class Lab {

    private Lab() {
    }

    /** The QEMU to test against: the one of system property {@code qemu}, else the one on PATH. Skips or fails the test if there is none. */
    public static QemuProgram qemu() {
        String lab = System.getProperty("lab", "auto");
        if (lab.equals("off")) {
            Assumptions.abort("lab=off: tests on QEMU are switched off");
        }
        if (!lab.equals("auto") && !lab.equals("required")) {
            Assertions.fail("lab is off, auto or required, not " + lab);
        }
        String chosen = System.getProperty("qemu", "");
        Optional<QemuProgram> found = chosen.isEmpty() ? QemuProgram.find(System.getenv("PATH")) : Optional.of(QemuProgram.of(Path.of(chosen)));
        if (found.isEmpty()) {
            String message = "no " + QemuProgram.NAME + " on PATH: the remapping unit is NOT compared with QEMU (apt-get install qemu-system-x86)";
            if (lab.equals("required")) {
                Assertions.fail(message);
            }
            System.err.println("SKIPPED: " + message);
            Assumptions.abort(message);
        }
        return found.orElseThrow();
    }

    /**
     * Every QEMU to compare with: {@link #qemu}, and the newer one of the lab's stock, which has first-stage tables and records interrupt faults, unless
     * {@code -Dqemu} chose one. Skips or fails the test if there is none; a stock without the newer one fails it if the lab is required.
     */
    public static List<QemuProgram> qemus() {
        List<QemuProgram> programs = new ArrayList<>(List.of(qemu()));
        if (System.getProperty("qemu", "").isEmpty()) {
            try {
                QemuProgram newer = QemuProgram.of(Stock.ofEnvironment(System.getenv()).newerQemu());
                if (!newer.version().equals(programs.getFirst().version())) {
                    programs.add(newer);
                }
            } catch (LabFailure e) {
                if (System.getProperty("lab", "auto").equals("required")) {
                    Assertions.fail(e);
                }
                System.err.println("SKIPPED: on the newer QEMU, first stage among it, the unit is NOT compared: " + e.getMessage());
            }
        }
        return programs;
    }
}
