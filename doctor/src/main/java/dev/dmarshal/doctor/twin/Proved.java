package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.finding.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A diagnosis that went over the twin.
 *
 * @param diagnosis without the ways out that the twin refuted
 * @param proofs    one for each finding, in their order; a refuted way out is told only here
 */
public record Proved(Diagnosis diagnosis, List<Proof> proofs) {

    /** Keeps its own copy. */
    public Proved {
        proofs = List.copyOf(proofs);
    }

    /** Plays every finding of a diagnosis. */
    public static Proved of(Diagnosis diagnosis) {
        return of(new Prover(diagnosis), diagnosis);
    }

    /** Plays every finding of a diagnosis on a host's own tables. @param host the unit of a requester with its tables; empty where it is not known */
    public static Proved of(Diagnosis diagnosis, Function<Sbdf, Optional<Scene>> host) {
        return of(new Prover(diagnosis, host), diagnosis);
    }

    private static Proved of(Prover prover, Diagnosis diagnosis) {
        List<Finding> findings = new ArrayList<>();
        List<Proof> proofs = new ArrayList<>();
        for (Finding finding : diagnosis.findings()) {
            Proof proof = prover.prove(finding);
            proofs.add(proof);
            findings.add(finding.withoutFixes(proof.refuted()));
        }
        return new Proved(new Diagnosis(diagnosis.symptoms(), List.copyOf(findings), diagnosis.unexplained(), diagnosis.explained()), proofs);
    }
}
