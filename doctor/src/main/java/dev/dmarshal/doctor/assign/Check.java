package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.survey.FunctionFacts;

/** One kind of reason for or against giving a function away. */
interface Check {

    /** Writes down what it finds about one function. */
    void examine(FunctionFacts function, Reasons reasons);
}
