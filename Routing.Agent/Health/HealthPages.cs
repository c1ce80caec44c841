namespace Routing.Agent.Health;

/// <summary>/healthz says that the process answers, /readyz that rules and routes follow the cluster.</summary>
internal static class HealthPages
{
    public static void Map(WebApplication application, Readiness readiness)
    {
        application.MapGet("/healthz", () => "ok\n");
        application.MapGet("/readyz", () =>
        {
            var reasons = readiness.Reasons;
            return reasons.IsEmpty ? Results.Text("ok\n")
                : Results.Text(string.Join('\n', reasons) + "\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        });
    }
}
