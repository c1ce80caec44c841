using k8s.Autorest;
using k8s.LeaderElection;
using System.Net;

namespace Routing.Agent.PolicyStatus;

/// <summary>A lock that says why it cannot be read: the elector takes a refusal for "held by another" and keeps silent.</summary>
internal sealed class ReportingLock(ILock inner, Action<string> report) : ILock
{
    public string Identity => inner.Identity;

    public async Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.GetAsync(cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode != HttpStatusCode.NotFound)
        {
            report($"{e.Message} {e.Response.Content}".ReplaceLineEndings(" ").Trim());
            throw;
        }
    }

    public Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) =>
        inner.CreateAsync(record, cancellationToken);

    public Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) =>
        inner.UpdateAsync(record, cancellationToken);

    public string Describe() => inner.Describe();
}
