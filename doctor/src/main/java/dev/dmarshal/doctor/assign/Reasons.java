package dev.dmarshal.doctor.assign;

import java.util.ArrayList;
import java.util.List;

/** Collects the reasons on one device. */
final class Reasons {

    private final List<Reason> list = new ArrayList<>();

    void pass(Subject subject, String words, String evidence) {
        list.add(new Reason(subject, Answer.PASS, Weight.NOTES, words, evidence));
    }

    void fail(Subject subject, Weight weight, String words, String evidence) {
        list.add(new Reason(subject, Answer.FAIL, weight, words, evidence));
    }

    void unmeasured(Subject subject, Weight weight, String words, String evidence) {
        list.add(new Reason(subject, Answer.UNMEASURED, weight, words, evidence));
    }

    List<Reason> list() {
        return list;
    }
}
