using Routing.Agent.Cli;

return await RootVerb.Create().Parse(args).InvokeAsync();
