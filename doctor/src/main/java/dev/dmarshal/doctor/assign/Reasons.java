package dev.dmarshal.doctor.assign;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects the reasons on one device. Sentences that say one thing only are given as they are, others as what makes them. */
final class Reasons {

    private final List<Reason> list = new ArrayList<>();

    void pass(Subject subject, String words, Supplier<String> evidence) {
        pass(subject, () -> words, evidence);
    }

    void pass(Subject subject, Supplier<String> words, Supplier<String> evidence) {
        list.add(new Reason(subject, Answer.PASS, Weight.NOTES, words, evidence));
    }

    void fail(Subject subject, Weight weight, String words, Supplier<String> evidence) {
        fail(subject, weight, () -> words, evidence);
    }

    void fail(Subject subject, Weight weight, Supplier<String> words, Supplier<String> evidence) {
        list.add(new Reason(subject, Answer.FAIL, weight, words, evidence));
    }

    void unmeasured(Subject subject, Weight weight, String words, Supplier<String> evidence) {
        unmeasured(subject, weight, () -> words, evidence);
    }

    void unmeasured(Subject subject, Weight weight, Supplier<String> words, Supplier<String> evidence) {
        list.add(new Reason(subject, Answer.UNMEASURED, weight, words, evidence));
    }

    List<Reason> list() {
        return list;
    }
}
