package dev.dmarshal.lab.machine;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.qtest.Lab;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives a test its {@link Stand}, ends its machines, and says in its report which kernel, hypervisor and QEMU it used.
 * System property {@code lab}: off skips, required fails where something is missing, auto skips then and says so.
 */
public final class OnTheLab implements BeforeEachCallback, AfterEachCallback, ParameterResolver, TestExecutionExceptionHandler {

    private static final Namespace OURS = Namespace.create(OnTheLab.class);

    /** For JUnit. */
    public OnTheLab() {
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Lab.qemu();
        context.getStore(OURS).put("stand", new Stand());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Stand stand = context.getStore(OURS).remove("stand", Stand.class);
        if (stand != null) {
            stand.close();
            if (!stand.used().isEmpty()) {
                String used = String.join(", ", stand.used());
                context.publishReportEntry("used", used);
                System.out.println(context.getDisplayName() + " used " + used);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Stand.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(OURS).get("stand", Stand.class);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (thrown instanceof LabFailure failure && failure.kind() == LabFailure.Kind.MISSING && !"required".equals(System.getProperty("lab"))) {
            System.err.println("SKIPPED: " + context.getDisplayName() + ": " + failure.getMessage());
            Assumptions.abort(failure.getMessage());
        }
        throw thrown;
    }
}
