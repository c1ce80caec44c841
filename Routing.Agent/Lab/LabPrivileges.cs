namespace Routing.Agent.Lab;

/// <summary>What a lab needs of who starts it.</summary>
internal static class LabPrivileges
{
    /// <exception cref="LabException">The process is not root's.</exception>
    public static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("the lab makes network namespaces, which only root may; run it with sudo");
        }
    }
}
