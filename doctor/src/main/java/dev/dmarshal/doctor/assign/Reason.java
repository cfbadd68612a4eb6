package dev.dmarshal.doctor.assign;

import java.util.function.Supplier;

/** One answer about one device. Its sentences are made when they are first asked for: a picture of ten thousand devices shows few of two hundred thousand. */
public final class Reason {

    private final Subject subject;
    private final Answer answer;
    private final Weight weight;
    private final Supplier<String> wordsMaker;
    private final Supplier<String> evidenceMaker;
    /** Made once; two threads that ask at once make equal ones. */
    private String words;
    private String evidence;

    Reason(Subject subject, Answer answer, Weight weight, Supplier<String> words, Supplier<String> evidence) {
        this.subject = subject;
        this.answer = answer;
        this.weight = weight;
        this.wordsMaker = words;
        this.evidenceMaker = evidence;
    }

    /** What was checked. */
    public Subject subject() {
        return subject;
    }

    /** What came out. */
    public Answer answer() {
        return answer;
    }

    /** What it means if it fails, or would if it did. */
    public Weight weight() {
        return weight;
    }

    /** Why, as a sentence. */
    public String words() {
        String made = words;
        if (made == null) {
            made = wordsMaker.get();
            words = made;
        }
        return made;
    }

    /** Path that says so; empty text is never given, unmeasured ones say what could not be read. */
    public String evidence() {
        String made = evidence;
        if (made == null) {
            made = evidenceMaker.get();
            evidence = made;
        }
        return made;
    }

    /** For debuggers and failing tests. */
    @Override
    public String toString() {
        return subject + " " + answer + " " + weight + ": " + words() + " [" + evidence() + "]";
    }
}
