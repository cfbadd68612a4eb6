package dev.dmarshal.doctor.cause;

import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;

/** One cause that the doctor knows: looks at the symptoms and says where it sees itself at work. Stateless. */
public interface Cause {

    /**
     * Where this cause is at work; empty if nowhere. Must not guess: symptoms that fit everything are no evidence. The labels of its findings must be in
     * {@link Causes#labels()}.
     */
    List<Claim> examine(Symptoms symptoms);
}
